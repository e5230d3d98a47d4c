// Package races records what several people do to the same things at once, through
// the HTTP handlers of two instances of a service on one store, and checks with
// porcupine that one order of single steps explains every answer (linearizability).
//
// Commits fail at random, before or after they were made durable; a command whose
// outcome is not known may have happened at any time after it was asked, or never.
// A history that is refused is drawn to an HTML file, which the test names.
//
// Runs on SQLite; with the build tag engines on a MongoDB wire server as well.
package races
