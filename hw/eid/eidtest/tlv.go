package eidtest

// appendTLV appends one element: tag, length, value. A length of 255 and more
// is FFs worth 255 each and a last byte below FF: "ID_ADRESSE_File_applet1_8_v5".
func appendTLV(file []byte, tag byte, value []byte) []byte {
	file = append(file, tag)
	n := len(value)
	for ; n >= 0xFF; n -= 0xFF {
		file = append(file, 0xFF)
	}
	return append(append(file, byte(n)), value...)
}

// padded is the file with zeros up to size.
func padded(file []byte, size int) []byte {
	if len(file) >= size {
		return file
	}
	return append(file[:len(file):len(file)], make([]byte, size-len(file))...)
}
