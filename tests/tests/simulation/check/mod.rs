//! What must hold. Safety is checked with every request and after every act; what must come in the
//! end is checked when nothing goes wrong any more and all is at rest.

pub mod drift;
pub mod goods;
pub mod settled;
pub mod step;
pub mod stock;
pub mod write;
