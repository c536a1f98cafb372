//! Where a pattern may begin.

use memchr::{memchr, memchr2, memchr3};

/// The bytes that patterns begin with.
#[derive(Clone, Debug)]
pub(super) enum First {
    None,
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
    Many(Box<[bool; 256]>),
}

impl First {
    pub(super) fn of(bytes: impl Iterator<Item = u8>) -> Self {
        let mut is_first = Box::new([false; 256]);
        for byte in bytes {
            is_first[usize::from(byte)] = true;
        }
        let all: Vec<u8> = (0..=255).filter(|&byte| is_first[usize::from(byte)]).collect();
        match all[..] {
            [] => Self::None,
            [one] => Self::One(one),
            [one, two] => Self::Two(one, two),
            [one, two, three] => Self::Three(one, two, three),
            _ => Self::Many(is_first),
        }
    }

    /// The first place where one may.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::None => None,
            Self::One(one) => memchr(*one, text),
            Self::Two(one, two) => memchr2(*one, *two, text),
            Self::Three(one, two, three) => memchr3(*one, *two, *three, text),
            Self::Many(is_first) => text.iter().position(|&byte| is_first[usize::from(byte)]),
        }
    }
}
