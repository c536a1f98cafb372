//! Python types made by hand, and methods as plain C functions: the only unsafe code. What is here is
//! called once an event or once a read, and what PyO3 does around that costs as much as the
//! decoding itself (DESIGN.md has the figures). What the objects hold and say is safe code elsewhere.

mod class;
mod function;
mod list;
mod memory;
mod text;

pub(crate) use class::{Member, add_class, add_methods, call_feed, call_with, first_interpreter};
pub(crate) use function::{Slots, call};
pub(crate) use list::{list, list_of_one};
pub(crate) use memory::{FreeList, HEADER, Raw, Type, size, value};
pub(crate) use text::{Cached, Constant, is_buffer, text};
