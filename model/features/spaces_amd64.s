#include "textflag.h"

DATA nines<>+0(SB)/8, $0x0909090909090909
DATA nines<>+8(SB)/8, $0x0909090909090909
GLOBL nines<>(SB), RODATA|NOPTR, $16
DATA fours<>+0(SB)/8, $0x0404040404040404
DATA fours<>+8(SB)/8, $0x0404040404040404
GLOBL fours<>(SB), RODATA|NOPTR, $16
DATA twentyEights<>+0(SB)/8, $0x1C1C1C1C1C1C1C1C
DATA twentyEights<>+8(SB)/8, $0x1C1C1C1C1C1C1C1C
GLOBL twentyEights<>(SB), RODATA|NOPTR, $16

// QUARTER sets out to a bit for each of the 16 bytes at offset: whether it is 9 to 13 or 28 to 32. That x is at most 4 is to say that
// the smaller of x and 4 is x.
#define QUARTER(offset, out) \
	MOVOU    offset(SI), X0 \
	POR      X0, X11        \
	MOVO     X0, X1         \
	PCMPEQB  X13, X1        \
	POR      X1, X12        \
	MOVO     X0, X2         \
	PSUBB    X8, X2         \
	MOVO     X2, X3         \
	PMINUB   X9, X3         \
	PCMPEQB  X2, X3         \
	PSUBB    X10, X0        \
	MOVO     X0, X4         \
	PMINUB   X9, X4         \
	PCMPEQB  X0, X4         \
	POR      X4, X3         \
	PMOVMSKB X3, out

// func spaceBlocks(dst *uint64, text *byte, blocks int) (high, zero uint32)
TEXT ·spaceBlocks(SB), NOSPLIT, $0-32
	MOVQ  dst+0(FP), DI
	MOVQ  text+8(FP), SI
	MOVQ  blocks+16(FP), CX
	MOVOU nines<>(SB), X8
	MOVOU fours<>(SB), X9
	MOVOU twentyEights<>(SB), X10
	PXOR  X11, X11
	PXOR  X12, X12
	PXOR  X13, X13
	TESTQ CX, CX
	JEQ   done

block:
	QUARTER(0, AX)
	QUARTER(16, BX)
	QUARTER(32, R8)
	QUARTER(48, R9)
	SHLQ $16, BX
	SHLQ $32, R8
	SHLQ $48, R9
	ORQ  BX, AX
	ORQ  R8, AX
	ORQ  R9, AX
	MOVQ AX, (DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNE  block

done:
	PMOVMSKB X11, AX
	PMOVMSKB X12, BX
	MOVL     AX, high+24(FP)
	MOVL     BX, zero+28(FP)
	RET
