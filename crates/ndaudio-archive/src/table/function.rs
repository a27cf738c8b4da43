//! The tables as functions of SQL: `audio()`, `recordings()` and `errors()`.

use std::sync::Arc;

use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::Expr;
use datafusion::prelude::SessionContext;

use super::archive_table::ArchiveTable;
use super::kind::TableKind;
use crate::location;
use crate::shard::Shard;
use crate::spectra::Spectra;

/// Which function.
#[derive(Debug, Clone, Copy)]
enum Function {
    Audio,
    Recordings,
    Errors,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Function::Audio => "audio",
            Function::Recordings => "recordings",
            Function::Errors => "errors",
        }
    }

    fn usage(self) -> &'static str {
        match self {
            Function::Audio => {
                "audio('LOCATION', 'WINDOW'), as in audio('data/{site}/*.wav', '60 s'), and options for spectra such as 'bands=third_octave'"
            }
            Function::Recordings => "recordings('LOCATION')",
            Function::Errors => "errors('LOCATION')",
        }
    }
}

/// A table function over recordings.
#[derive(Debug)]
struct TableOf {
    function: Function,
    shard: Option<Shard>,
    /// Under which a cluster counts.
    session: Option<u64>,
}

/// Makes the tables known to a session; of a `shard`, only its files.
pub(crate) fn register(context: &SessionContext, shard: Option<Shard>, session: Option<u64>) {
    for function in [Function::Audio, Function::Recordings, Function::Errors] {
        context.register_udtf(function.name(), Arc::new(TableOf { function, shard, session }));
    }
}

impl TableFunctionImpl for TableOf {
    fn call_with_args(&self, arguments: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let texts = arguments.exprs().iter().map(text).collect::<Option<Vec<&str>>>();
        let (location, kind) = match (self.function, texts.as_deref()) {
            (Function::Audio, Some([location, window, options @ ..])) => {
                (*location, TableKind::Audio { window: window.parse()?, spectra: Spectra::parse(options)? })
            }
            (Function::Recordings, Some([location])) => (*location, TableKind::Recordings),
            (Function::Errors, Some([location])) => (*location, TableKind::Errors),
            _ => return plan_err!("{} is called with texts: {}", self.function.name(), self.function.usage()),
        };
        let mut files = location::list(location)?;
        if let Some(shard) = self.shard {
            files = shard.of(files);
        }
        Ok(Arc::new(ArchiveTable::new(kind, files).in_session(self.session)))
    }
}

fn text(argument: &Expr) -> Option<&str> {
    match argument {
        Expr::Literal(ScalarValue::Utf8(Some(text)) | ScalarValue::LargeUtf8(Some(text)), _) => Some(text),
        Expr::Literal(ScalarValue::Utf8View(Some(text)), _) => Some(text),
        _ => None,
    }
}
