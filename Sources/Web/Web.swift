// Web: HTTP/1.1 for small servers, which show pages and numbers of a run.
//
// `RequestReader` makes requests of bytes and knows no socket, `AccessRule` says who may ask, and `WebServer` is the shell around them: sockets,
// time limits, a bounded number of connections. What is answered its users say.
