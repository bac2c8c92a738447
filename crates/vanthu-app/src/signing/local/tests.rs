//! Sessions with the government's tool, played by the helper of the tests: the whole file and the digest, and every
//! way in which they go wrong.

mod digest;
mod played;
mod whole;

use vanthu_remote::Plain;
use vanthu_remote::local::message::ADDRESS;

use super::{SigningTool, ToolSettings};

/// The address goes into the pages' content security policy: in earnest it is the tool's own, and in practice one of
/// this machine.
#[test]
fn no_other_address_than_the_tool_s_own_is_configured_in_earnest() {
    let read = |address: Option<&str>, plain| {
        let settings = ToolSettings {
            agencies: Vec::new(),
            address: address.map(str::to_owned),
        };
        SigningTool::read(settings, plain).map(|it| it.address)
    };
    assert_eq!(read(None, Plain::Refused).unwrap(), ADDRESS);
    assert_eq!(read(Some(ADDRESS), Plain::Refused).unwrap(), ADDRESS);
    let near = "ws://127.0.0.1:18987";
    assert!(read(Some(near), Plain::Refused).is_err());
    assert_eq!(read(Some(near), Plain::OnLoopback).unwrap(), near);
    for bad in [
        "ws://10.0.0.1:18987",
        "ws://127.0.0.1:18987; script-src *",
        "ws://127.0.0.1:18987/x",
        "http://127.0.0.1:18987",
        "ws://127.0.0.1:",
        "",
    ] {
        assert!(read(Some(bad), Plain::OnLoopback).is_err(), "{bad}");
    }
}
