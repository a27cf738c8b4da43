//! What the header of a recording says.

use std::path::Path;

use ndaudio::metadata::{Metadata, RecordingTime, start_time};
use ndaudio::{Encoding, Result, Source, Spec};
use serde_json::{Map, Value, json};

use super::source::Recording;
use crate::location::RecordingFile;

/// A recording without its samples.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) spec: Spec,
    pub(crate) container: String,
    pub(crate) frames: Option<u64>,
    pub(crate) anomalies: Vec<String>,
    /// What is only known if it was asked for.
    pub(crate) metadata: Option<Metadata>,
    pub(crate) start: Option<RecordingTime>,
}

impl Header {
    /// Reads what is asked for; `with_metadata` reads the chunks that tell when the recording began.
    pub(crate) fn read(recording: &mut Recording, file: &RecordingFile, with_metadata: bool) -> Result<Self> {
        let spec = recording.spec().clone();
        let metadata = if with_metadata { Some(recording.metadata()?) } else { None };
        let start = metadata
            .as_ref()
            .and_then(|metadata| start_time(metadata, spec.sample_rate(), Some(Path::new(&file.path))));
        Ok(Header {
            spec,
            container: recording.container(),
            frames: recording.frames(),
            anomalies: recording.anomalies().iter().map(ToString::to_string).collect(),
            metadata,
            start,
        })
    }

    /// The moment of a frame, in nanoseconds since 1970. Clocks of unknown offset are taken to show UTC.
    pub(crate) fn time_of(&self, frame: u64) -> Option<i64> {
        let start = self.start?.at_frame(frame, self.spec.sample_rate())?;
        let since = match start.timestamp() {
            Some(timestamp) => timestamp.as_duration(),
            None => start.since_1970(),
        };
        i64::try_from(since.as_nanos()).ok()
    }

    /// Seconds of audio.
    pub(crate) fn duration(&self) -> Option<f64> {
        let rate = self.spec.sample_rate();
        (rate > 0).then_some(())?;
        Some(self.frames? as f64 / f64::from(rate))
    }

    /// What the metadata says, as JSON: `{"guano": {…}, "info": {…}, "bext": {…}, "ixml": "…"}`; `None` if it says nothing.
    pub(crate) fn metadata_json(&self) -> Option<String> {
        let metadata = self.metadata.as_ref()?;
        let mut all = Map::new();
        if let Some(guano) = &metadata.guano {
            let fields: Map<String, Value> =
                guano.iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
            all.insert("guano".into(), fields.into());
        }
        if let Some(info) = &metadata.info {
            let texts: Map<String, Value> = info
                .iter()
                .map(|(id, text)| (String::from_utf8_lossy(&id).into_owned(), Value::from(text.into_owned())))
                .collect();
            all.insert("info".into(), texts.into());
        }
        if let Some(bext) = &metadata.bext {
            let texts = json!({
                "description": bext.description(),
                "originator": bext.originator(),
                "originator_reference": bext.originator_reference(),
                "origination_date": bext.origination_date(),
                "origination_time": bext.origination_time(),
                "time_reference": bext.time_reference(),
            });
            all.insert("bext".into(), texts);
        }
        if let Some(ixml) = &metadata.ixml {
            all.insert("ixml".into(), Value::from(ixml.as_str()));
        }
        (!all.is_empty()).then(|| Value::from(all).to_string())
    }
}

/// The bits of the integers that samples of an encoding are counted in; `None` of floats.
pub(crate) fn integer_bits(encoding: Encoding) -> Option<u32> {
    Some(match encoding {
        Encoding::U8 => 8,
        Encoding::I12In16 | Encoding::I16 | Encoding::ALaw | Encoding::MuLaw => 16,
        Encoding::I20In24 | Encoding::I24 | Encoding::I24In32Lsb => 24,
        // A file that says 24 of 32 bits may still use all of them.
        Encoding::I24In32Msb | Encoding::I32 => 32,
        _ => return None,
    })
}
