//! The checkpoint's tensors, by the names that it has for them.

use crate::error::{Error, Result};

/// Gives the values of a tensor by its name, in the shape asked for, or says why it cannot.
pub type Source<'a> = dyn Fn(&str, &[usize]) -> Result<Vec<f32>, String> + 'a;

/// A [`Source`] below a prefix.
#[derive(Clone)]
pub(crate) struct Tensors<'a> {
    source: &'a Source<'a>,
    prefix: String,
}

impl<'a> Tensors<'a> {
    pub fn new(source: &'a Source<'a>) -> Self {
        Self { source, prefix: String::new() }
    }

    /// Those below `name`.
    pub fn below(&self, name: impl std::fmt::Display) -> Self {
        Self { source: self.source, prefix: self.path(name) + "." }
    }

    /// The full name of a tensor.
    pub fn path(&self, name: impl std::fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A tensor's values.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let name = self.path(name);
        let length = shape.iter().product();
        match (self.source)(&name, shape) {
            Ok(values) if values.len() == length => Ok(values),
            Ok(values) => {
                Err(Error::Tensor { name, reason: format!("expected {length} values, got {}", values.len()) })
            }
            Err(reason) => Err(Error::Tensor { name, reason }),
        }
    }
}
