//! The program: reads its configuration, starts the service, says where it is, and stops when it is
//! told to.

mod args;

use std::process::ExitCode;

use clap::Parser;
use smimezip_service::clock::Clock;
use smimezip_service::config::Config;
use smimezip_service::service::Service;
use smimezip_service::users::{links, store};
use smimezip_service::web::{App, base_url};
use smimezip_service::{ServiceError, server};
use tracing_subscriber::EnvFilter;

use crate::args::Args;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_env("SMIMEZIP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smimezip-service: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<(), ServiceError> {
    let mut config = args.config()?;
    if let Some(name) = &args.new_link {
        return print_new_link(&config, name).await;
    }
    args.make_folders(&config)?;
    let listener = server::bind(&config).await?;
    if let Ok(address) = listener.local_addr() {
        config.listen = address;
    }
    let service = Service::start(config.clone(), Clock::system()).await?;
    // Before anything is printed: whoever reads it may end the service at once.
    let end = listen_for_the_end()
        .map_err(|source| ServiceError::Io { what: "signals".into(), source })?;
    let url = base_url(&config);
    if let Some(user) = store::first(service.database(), service.now()).await? {
        let secret = links::create(service.database(), service.now(), &user.id).await?;
        println!(
            "Set the password of the user {}, once, within 7 days:\n  {url}/link/{secret}",
            user.name
        );
    }
    println!("Open {url} in a browser. Ctrl-C stops the service.");
    let app = App::new(service.clone());
    server::serve(app, &config, listener, end).await?;
    service.shutdown().await;
    Ok(())
}

async fn print_new_link(config: &Config, name: &str) -> Result<(), ServiceError> {
    let database = smimezip_service::database::Database::open_existing(&config.database).await?;
    let users = store::list(&database).await?;
    let user = users.iter().find(|user| user.name == name).ok_or(ServiceError::NotFound("user"))?;
    let secret = links::create(&database, Clock::system().now(), &user.id).await?;
    println!("{}/link/{secret}", base_url(config));
    Ok(())
}

/// Listens from now on for what tells the service to stop: Ctrl-C, and on Unix what service
/// managers send.
#[cfg(unix)]
fn listen_for_the_end() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Listens from now on for Ctrl-C.
#[cfg(not(unix))]
fn listen_for_the_end() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}
