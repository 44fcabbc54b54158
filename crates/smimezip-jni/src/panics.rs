//! A native method that panics, of a class that only the tests have: what Java makes of a panic is
//! tested with it. Libraries that are built with optimisation do not have it.

use jni::EnvUnowned;
use jni::objects::JClass;

use crate::boundary::call;

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Panics_panic<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
) {
    #[allow(clippy::panic, reason = "what it is for")]
    call::<()>(env, &class, |_| panic!("asked for by a test"));
}
