//! Makes, of the WebAssembly module that cargo compiled, the module and the script that a worker of
//! the page runs: `smimezip-wasm-bindgen MODULE FOLDER`.

use std::env::args_os;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [module, folder] = args_os()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "two arguments: the module, and the folder to write to")?;
    Bindgen::new()
        .input_path(module)
        .out_name("smimezip")
        .no_modules(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    Ok(())
}
