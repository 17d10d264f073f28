#include "textflag.h"

// BYTES defines a constant of 16 equal bytes.
#define BYTES(name, value) \
DATA name<>+0(SB)/8, value \
DATA name<>+8(SB)/8, value \
GLOBL name<>(SB), RODATA|NOPTR, $16

BYTES(ampersands, $0x2626262626262626)
BYTES(lesses, $0x3C3C3C3C3C3C3C3C)
BYTES(brackets, $0x5B5B5B5B5B5B5B5B)
BYTES(returns, $0x0D0D0D0D0D0D0D0D)
BYTES(backslashes, $0x5C5C5C5C5C5C5C5C)
BYTES(dashes, $0x2D2D2D2D2D2D2D2D)

// ADD adds to sum where bytes of X0 are equal to those of a constant.
#define ADD(constant, sum) \
	MOVO    X0, X1         \
	PCMPEQB constant, X1   \
	POR     X1, sum

// func scan(text *byte, blocks int) (high, reference, rule, open, dashes uint32)
TEXT ·scan(SB), NOSPLIT, $0-36
	MOVQ  text+0(FP), SI
	MOVQ  blocks+8(FP), CX
	MOVOU ampersands<>(SB), X2
	MOVOU lesses<>(SB), X3
	MOVOU brackets<>(SB), X4
	MOVOU returns<>(SB), X5
	MOVOU backslashes<>(SB), X6
	MOVOU dashes<>(SB), X7
	PXOR  X8, X8               // high
	PXOR  X9, X9               // &
	PXOR  X10, X10             // < CR \
	PXOR  X11, X11             // [
	XORL  R8, R8               // two dashes in a row
	XORL  R9, R9               // the last byte of the block before is a dash

block:
	MOVOU    (SI), X0
	POR      X0, X8
	ADD(X2, X9)
	ADD(X3, X10)
	ADD(X5, X10)
	ADD(X6, X10)
	ADD(X4, X11)
	PCMPEQB  X7, X0
	PMOVMSKB X0, AX
	LEAL     (R9)(AX*2), BX    // a bit for each dash, at the byte behind it
	MOVL     BX, R9
	SHRL     $16, R9
	ANDL     AX, BX
	ORL      BX, R8
	ADDQ     $16, SI
	DECQ     CX
	JNE      block

	PMOVMSKB X8, AX
	MOVL     AX, high+16(FP)
	PMOVMSKB X9, AX
	MOVL     AX, reference+20(FP)
	PMOVMSKB X10, AX
	MOVL     AX, rule+24(FP)
	PMOVMSKB X11, AX
	MOVL     AX, open+28(FP)
	MOVL     R8, dashes+32(FP)
	RET
