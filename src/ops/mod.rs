//! Windows → answers: free functions on arrays and views of frames × channels; nothing here reads or writes.

pub mod channels;
pub mod dither;
pub mod fade;
pub mod gain;
pub mod normalize;

#[cfg(test)]
mod signals;
