//! Rows as tests compare them.

/// A value of a row. Floats are equal if their bits are.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Integer(i128),
    Float(u64),
    Text(String),
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Float(value.to_bits())
    }
}

impl From<Option<f64>> for Value {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Value::Null, Value::from)
    }
}

impl From<i128> for Value {
    fn from(value: i128) -> Self {
        Value::Integer(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Value::Integer(value.into())
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Value::Integer(value as i128)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

/// The rows of a CSV, in which no text has a comma.
pub fn rows(csv: &str) -> Vec<Vec<Value>> {
    let value = |text: &str| match (text.parse::<i128>(), text.parse::<f64>()) {
        (Ok(integer), _) => Value::Integer(integer),
        (_, Ok(float)) => Value::from(float),
        _ if text.is_empty() => Value::Null,
        _ => Value::from(text),
    };
    csv.lines().skip(1).map(|line| line.split(',').map(value).collect()).collect()
}

/// Fails for the first row that differs, with both.
pub fn assert_rows(found: &[Vec<Value>], expected: &[Vec<Value>], what: &str) {
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "row {row} of {what}");
    }
    assert_eq!(found.len(), expected.len(), "rows of {what}");
}
