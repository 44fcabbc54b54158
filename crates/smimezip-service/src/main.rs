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
    let listener = server::bind(&config).await?;
    if let Ok(address) = listener.local_addr() {
        config.listen = address;
    }
    let service = Service::start(config.clone(), Clock::system()).await?;
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
    server::serve(app, &config, listener, told_to_stop()).await?;
    service.shutdown().await;
    Ok(())
}

async fn print_new_link(config: &Config, name: &str) -> Result<(), ServiceError> {
    let database = smimezip_service::database::Database::open(&config.database).await?;
    let users = store::list(&database).await?;
    let user = users.iter().find(|user| user.name == name).ok_or(ServiceError::NotFound("user"))?;
    let secret = links::create(&database, Clock::system().now(), &user.id).await?;
    println!("{}/link/{secret}", base_url(config));
    Ok(())
}

/// Ctrl-C, or on Unix what service managers send.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            let _ = interrupted.await;
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
