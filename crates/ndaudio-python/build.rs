//! Passes on what is known of the interpreter: `Py_GIL_DISABLED` decides how buffers are reused.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
