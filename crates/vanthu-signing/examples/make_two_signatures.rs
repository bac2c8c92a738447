//! Writes a letter with two signatures, and the practice root beside it, for a look with foreign tools:
//! `cargo run -p vanthu-signing --example make_two_signatures -- out.pdf root.pem [base.pdf]`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a tool for developers that borrows the world of the tests"
)]

#[path = "../tests/it/world.rs"]
mod world;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, root, rest @ ..] = arguments.as_slice() else {
        println!("usage: make_two_signatures OUT.pdf ROOT.pem [BASE.pdf]");
        return;
    };
    let base = match rest.first() {
        Some(path) => std::fs::read(path).unwrap(),
        None => world::plain_pdf(0),
    };
    let world = world::World::new();
    let (_, two) = world.two_signatures(&base);
    std::fs::write(out, two).unwrap();
    std::fs::write(root, world.root.certificate().to_pem()).unwrap();
}
