//! JSON: reads what is asked for and checks the rest, and edits objects without reading their
//! values.

mod nesting;
mod object;
mod reader;
mod scan;
mod text;

pub use object::{Object, quoted, write_string};
pub(crate) use reader::string_at;
pub use nesting::Open;
pub use reader::{Invalid, Reader, Token, Value, compact, tokens};
pub(crate) use scan::plain;
pub use scan::trim;
pub use text::{Str, mend, unescape};
