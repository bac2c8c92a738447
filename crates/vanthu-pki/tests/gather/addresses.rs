//! Redirects and addresses that may not be asked.

use vanthu_pki::authority::Endpoints;
use vanthu_pki::gather::{Answer, Breach, Limits, Network, Options, Why};
use vanthu_pki::ocsp::OcspStatus;

use crate::world::*;

fn to(location: &str, status: u16) -> impl Fn(&vanthu_pki::gather::Request) -> Answer + 'static {
    let location = location.to_owned();
    move |_| Answer::Redirect {
        status,
        location: location.clone(),
    }
}

#[test]
fn a_redirect_is_followed_and_the_question_kept() {
    let mut world = World::with(&only_list());
    let there = "http://mirror.example.vn/a.crl";
    let list = world.issuing.crl(&[], 1, NOW, NOW.plus_days(1)).unwrap();
    world.net.on(LIST, to("//mirror.example.vn/a.crl", 302));
    world.net.bytes(there, list.der());
    let found = world.gather();
    assert!(found.is_complete(), "{:?}", found.troubles);
    assert!(world.net.asked_urls().contains(&there.to_owned()));

    let mut world = World::new();
    world.answers(|_| OcspStatus::Good);
    let elsewhere = "http://ocsp2.example.vn/";
    world.net.on(elsewhere, |request| {
        assert!(request.body.is_some(), "the question goes along");
        Answer::Status(500)
    });
    world.net.on(OCSP, to(elsewhere, 307));
    assert!(whys(&world.gather()).contains(&Why::HttpStatus(500)));
    world.net.on(OCSP, to(elsewhere, 303));
    assert!(whys(&world.gather()).contains(&Why::HttpStatus(303)));
}

#[test]
fn circles_and_long_ways_end() {
    let mut world = World::with(&only_list());
    let other = "http://crl.example.vn/other";
    world.net.on(LIST, to(other, 301));
    world.net.on(other, to(LIST, 301));
    let found = world.gather();
    assert!(whys(&found).contains(&Why::RedirectLoop), "{found:?}");
    for number in 0..10 {
        let next = format!("http://crl.example.vn/{}", number + 1);
        world
            .net
            .on(&format!("http://crl.example.vn/{number}"), to(&next, 302));
    }
    world.net.on(LIST, to("http://crl.example.vn/0", 302));
    world.net.asked.borrow_mut().clear();
    let found = world.gather();
    assert!(whys(&found).contains(&Why::TooManyRedirects));
    let asked = world.net.asked_urls();
    let list = asked
        .iter()
        .filter(|it| it.starts_with("http://crl.example.vn/"))
        .count();
    assert_eq!(list, 1 + Limits::default().redirects + 1, "{asked:?}");
}

#[test]
fn a_redirect_into_the_own_network_is_refused() {
    for inside in [
        "http://127.0.0.1/admin",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8080/",
        "http://localhost:8080/",
    ] {
        let mut world = World::with(&only_list());
        world.net.on(LIST, to(inside, 302));
        let found = world.gather();
        let why = Why::Forbidden(Breach::PrivateAddress);
        assert!(whys(&found).contains(&why), "{inside}");
        let asked = world.net.asked_urls();
        assert!(asked.iter().all(|it| it != inside), "{asked:?}");
    }
    let mut world = World::with(&only_list());
    world.net.on(LIST, to("file:///etc/passwd", 302));
    let why = Why::Forbidden(Breach::Scheme);
    assert!(whys(&world.gather()).contains(&why));
}

#[test]
fn an_address_inside_is_asked_only_where_that_is_configured() {
    let inside = "http://10.1.2.3/a.crl";
    let endpoints = Endpoints {
        crl_url: Some(inside.to_owned()),
        ..only_list()
    };
    let mut world = World::with(&endpoints);
    let list = world.issuing.crl(&[], 1, NOW, NOW.plus_days(1)).unwrap();
    world.net.bytes(inside, list.der());
    let found = world.gather();
    assert_eq!(
        found.troubles_of(&world.person)[0].why,
        Why::Forbidden(Breach::PrivateAddress)
    );
    assert!(!world.net.asked_urls().contains(&inside.to_owned()));
    let mut options = Options::default();
    options
        .addresses
        .networks
        .extend(Network::parse("10.0.0.0/8"));
    assert!(world.gather_with(options).is_complete());
}

#[test]
fn another_scheme_is_named_and_the_next_address_tried() {
    let endpoints = Endpoints {
        ocsp_url: Some("ldap://ocsp.example.vn/".to_owned()),
        ..everywhere()
    };
    let world = World::with(&endpoints);
    let found = world.gather();
    assert!(found.is_complete());
    assert_eq!(whys(&found), [Why::Forbidden(Breach::Scheme)]);
}
