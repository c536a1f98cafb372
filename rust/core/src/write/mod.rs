//! Deltas to bytes: an answer written as a stream of one shape.

mod said;

pub use said::{Finish, Page, Said, Usage};
