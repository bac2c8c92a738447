//! A database server that can go away: a wire between it and the program.

/// The way to a database server, which can be cut.
pub(crate) struct Wire {
    pub(crate) url: String,
    cut: tokio::sync::watch::Sender<bool>,
}

impl Wire {
    /// To the server of that URL.
    pub(crate) async fn to(url: &str) -> Self {
        let (user, rest) = url.split_once('@').unwrap();
        let (host, database) = rest.split_once('/').unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, seen) = tokio::sync::watch::channel(false);
        let host = host.to_owned();
        let wire = Self {
            url: format!("{user}@{address}/{database}"),
            cut,
        };
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let (mut seen, host) = (seen.clone(), host.clone());
                tokio::spawn(async move {
                    if *seen.borrow() {
                        return;
                    }
                    let Ok(mut to) = tokio::net::TcpStream::connect(host).await else {
                        return;
                    };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut from, &mut to) => {}
                        _ = seen.wait_for(|cut| *cut) => {}
                    }
                });
            }
        });
        wire
    }

    /// Cuts it, or mends it.
    pub(crate) fn cut(&self, is_cut: bool) {
        self.cut.send_replace(is_cut);
    }
}
