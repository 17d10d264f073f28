package artifact

import "syscall"

// mapPopulate makes the kernel map all pages at once, because the checksum reads all of them.
const mapPopulate = syscall.MAP_POPULATE
