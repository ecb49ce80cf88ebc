//! A component without the names that the linker gives to its inner types and instances.
//!
//! Nothing that a host prints has them, and they are a hundredth of the file. The format is that of
//! the component model's binary encoding: a preamble, then sections, each an id, a length in LEB128
//! and so many bytes; those of a custom section, whose id is 0, begin with its name.

/// The custom section that holds them.
const NAMES: &[u8] = b"component-name";

/// Bytes of the preamble: `\0asm`, the version and the layer.
const PREAMBLE: usize = 8;

/// The component without that section; absent when these bytes are no sequence of sections.
pub fn without_names(component: &[u8]) -> Option<Vec<u8>> {
    let (preamble, mut rest) = component.split_at_checked(PREAMBLE)?;
    let mut kept = preamble.to_vec();
    while let Some((id, after)) = rest.split_first() {
        let (contents, next) = prefixed(after)?;
        let is_names = *id == 0 && prefixed(contents)?.0 == NAMES;
        if !is_names {
            kept.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Some(kept)
}

/// Bytes whose length stands before them, and what comes after.
fn prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        length |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return bytes[at + 1..].split_at_checked(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::without_names;

    const PREAMBLE: [u8; 8] = *b"\0asm\x0d\0\x01\0";

    fn section(id: u8, contents: &[u8]) -> Vec<u8> {
        // Two bytes for the length, as a linker may write it.
        let length = u16::try_from(contents.len()).expect("short");
        let length = [
            u8::try_from(length & 0x7f).expect("seven bits") | 0x80,
            u8::try_from(length >> 7).expect("short"),
        ];
        [&[id][..], &length, contents].concat()
    }

    #[test]
    fn only_the_names_go() {
        let module = section(1, &[7; 300]);
        let other = section(0, b"\x09producersRust");
        let names = section(0, &[&b"\x0ecomponent-name"[..], &[1; 200]].concat());
        // An id other than 0 has no name, whatever it begins with.
        let looks_like_it = section(7, b"\x0ecomponent-name");
        let whole = [&PREAMBLE[..], &module, &names, &other, &looks_like_it].concat();
        let kept = [&PREAMBLE[..], &module, &other, &looks_like_it].concat();
        assert_eq!(without_names(&whole), Some(kept.clone()));
        assert_eq!(without_names(&kept), Some(kept));
    }

    #[test]
    fn what_ends_within_a_section_is_no_component() {
        let whole = [&PREAMBLE[..], &section(1, &[7; 300])].concat();
        for cut in [0, 7, 9, 10, 11, whole.len() - 1] {
            assert_eq!(without_names(&whole[..cut]), None, "{cut} bytes");
        }
        assert_eq!(without_names(&PREAMBLE), Some(PREAMBLE.to_vec()));
    }
}
