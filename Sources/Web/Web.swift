// Web: HTTP/1.1 as a small server needs it, for pages and numbers that a run shows to people and their tools.
//
// `RequestReader` makes requests of bytes and knows no socket, `AccessRule` says who may ask, and `WebServer` is the shell around them: sockets,
// time limits, a bounded number of connections. What is answered its users say.
