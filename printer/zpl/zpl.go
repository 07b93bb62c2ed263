// Package zpl prints Documents on label, wristband and kiosk printers that speak
// ZPL II. [Encode] turns a document into formats and nothing else; a [Printer]
// sends them, asks the host status until they are printed, and tells how the job
// ended. What sets one printer apart from another is in its [Profile], a file.
//
// Names of the commands are Zebra's. docs/printers.md of this project lists them
// with their sources.
package zpl
