package artifact

import "syscall"

// mapPopulate has the kernel map all pages at once: the checksum reads them all anyway.
const mapPopulate = syscall.MAP_POPULATE
