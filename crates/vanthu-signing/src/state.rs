//! How prepared states are kept as bytes: numbers of eight octets, and parts with their length before them.

pub(crate) fn put_part(out: &mut Vec<u8>, part: &[u8]) {
    put_number(out, part.len());
    out.extend_from_slice(part);
}

pub(crate) fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u64).to_be_bytes());
}

pub(crate) fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let (head, tail) = rest.split_at_checked(8)?;
    *rest = tail;
    usize::try_from(u64::from_be_bytes(head.try_into().ok()?)).ok()
}

pub(crate) fn take_part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_number(rest)?;
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}
