// Package outbox keeps what people did until the portal has it: on disk, sealed,
// in order. It knows no wire: sync/courier carries.
package outbox
