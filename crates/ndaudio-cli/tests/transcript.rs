//! A session of commands as a new user types them; what each prints is checked against the transcript in `session/`.
//!
//! `TRYCMD=overwrite cargo test -p ndaudio-cli --test transcript` writes down what they print now.

use std::fs;
use std::path::Path;

#[test]
fn a_session() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A directory of its own, with the recordings of the repository, so that files can be written.
    let folder = tempfile::tempdir().expect("a temporary directory");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a new directory");
    for name in [
        "music.wav",
        "libsndfile_bext_pcm16_stereo.wav",
        "ffmpeg_pipe_unknown_sizes.wav",
        "wave_pcm24_stereo_96000.wav",
    ] {
        fs::copy(here.join("../../data").join(name), data.join(name)).expect("a recording of the repository");
    }
    std::env::set_current_dir(folder.path()).expect("the new directory");
    trycmd::TestCases::new().case(here.join("tests/session/*.trycmd").display().to_string());
}
