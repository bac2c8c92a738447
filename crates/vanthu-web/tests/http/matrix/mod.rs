//! The matrix of rights, walked through the routes: every route of the server, page or program, for
//! every role and relation, in every state. Allowed is what the domain's table grants and nothing else; what somebody may
//! not even see is not there for them.
//!
//! A request that is allowed must not change what the next one finds, so it names a version that
//! never was: whoever passes the rights is told of a conflict, the others never get so far.

mod agency;
mod device;
mod incoming;
mod line;
mod lists;
mod outgoing;
mod own;
mod routes;
mod walk;
