// Package artifact reads and writes the container of a model: named sections, a checksum, a digest, and a signature.
//
// The file is mapped into memory and used in place. All numbers are little-endian; floats are IEEE 754 doubles.
//
// A header of 192 bytes:
//
//	  0   8  the bytes 89 52 43 4D 0D 0A 1A 0A ("\x89RCM\r\n\x1a\n": a transfer in text mode damages it)
//	  8   4  format version: 1
//	 12   4  number of sections
//	 16   8  length of the file
//	 24   4  CRC-32C (Castagnoli) of all bytes of the file except these four
//	 28   4  zero
//	 32  32  digest: SHA-256 of the bytes 0 to 23 and 192 to the end
//	 64  32  the signer's ed25519 public key, or zeros
//	 96  64  the signature of "reddit-classifier artifact 1\n" and the digest, or zeros
//	160  32  zero
//
// The checksum is computed whenever an artifact is opened, so that a wrong byte is an error and never another
// prediction. The digest is computed only by [Artifact.VerifyDigest] and [Artifact.VerifySignature]. Signing does not
// change it. The header is followed by the section table, 32 bytes for each section:
//
//	 0   8  name: ASCII, padded with zeros
//	 8   4  block: distinguishes sections of the same name; the number of a vectorizer, or 0
//	12   4  flags: 1 if a reader that does not know the section must refuse the artifact
//	16   8  offset of its first byte
//	24   8  its length
//
// The sections follow in the table's order, each at the next multiple of 64 bytes, with zeros between them and nothing
// after the last. The same sections are always written the same way, so that two builds from the same inputs are
// byte-identical.
package artifact
