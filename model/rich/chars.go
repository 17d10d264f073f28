package rich

import (
	"encoding/binary"
	"iter"
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/text/python"
)

// Chars is a block of character n-grams within words: scikit-learn's analyzer char_wb without lower-casing. A
// document's part of the decision function is the sum of the weights of all occurrences of its n-grams, divided by the
// square root of the number of its words, which are separated by white space. So the sum of a word does not depend on
// other words, and n-grams need not be counted.
type Chars struct {
	NGramMin, NGramMax int       // lengths in characters: min 1 to 3, max at most 4; a word has a blank at each end
	NGrams             []string  // n-grams, in any order
	Weights            []float64 // weights of NGrams
}

const (
	maxCharNGram   = 4
	charSize       = 16 // bytes of an entry of the section chars: the n-gram, and its weight as a float64
	letterSize     = 4  // bytes of an entry of the section letters: a code point
	charsHeadSize  = 16
	unknownLetter  = 0xffff
	maxLetters     = unknownLetter - 1
	bitsPerLetter  = 16
	asciiAlphabet  = 128
	minCharEntries = 8

	// maxProbes is the maximum number of entries that a look-up reads. The writer enlarges the table until all entries are
	// within this distance.
	maxProbes  = 32
	maxEntries = 1 << 26
	// hashMultiplier spreads consecutive numbers over the high bits (Fibonacci hashing; Knuth, The Art of Computer
	// Programming, 6.4).
	hashMultiplier = 0x9E3779B97F4A7C15
)

// charTables is a block that is used in place. The letters are numbered from 1, in the order of their code points. The
// key of an n-gram consists of the numbers of its letters, 16 bits each, so that no text is compared.
type charTables struct {
	min, max int
	letters  []byte
	table    []byte
	shift    uint
	ascii    [asciiAlphabet]uint16 // numbers of the ASCII letters
}

func (c *Chars) check() error {
	if c.NGramMin < 1 || c.NGramMin > 3 || c.NGramMax < c.NGramMin || c.NGramMax > maxCharNGram {
		return artifact.UnsupportedErrorf(
			"n-grams of %d to %d characters: the first can be 1 to 3, the second at most %d",
			c.NGramMin,
			c.NGramMax,
			maxCharNGram,
		)
	}
	if len(c.NGrams) != len(c.Weights) {
		return artifact.FormatErrorf("%d n-grams of characters but %d weights", len(c.NGrams), len(c.Weights))
	}
	for i, w := range c.Weights {
		if math.IsNaN(w) || math.Abs(w) > artifact.MaxWeight {
			return artifact.FormatErrorf("the weight of %.40q is %v", c.NGrams[i], w)
		}
	}
	return nil
}

// sections returns the sections of the block.
func (c *Chars) sections() ([]artifact.Section, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	alphabet := map[rune]uint16{}
	for _, ngram := range c.NGrams {
		for _, r := range ngram {
			alphabet[r] = 0
		}
	}
	if len(alphabet) > maxLetters {
		return nil, artifact.UnsupportedErrorf(
			"%d different characters in n-grams: at most %d can be represented",
			len(alphabet),
			maxLetters,
		)
	}
	runes := make([]rune, 0, len(alphabet))
	for r := range alphabet {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	var letters []byte
	for i, r := range runes {
		alphabet[r] = uint16(i + 1)
		letters = binary.LittleEndian.AppendUint32(letters, uint32(r))
	}
	table, err := c.encodeTable(alphabet)
	if err != nil {
		return nil, err
	}
	head := make([]byte, charsHeadSize)
	binary.LittleEndian.PutUint32(head, uint32(c.NGramMin))
	binary.LittleEndian.PutUint32(head[4:], uint32(c.NGramMax))
	return []artifact.Section{
		{Name: "char.set", Required: true, Data: head},
		{Name: "letters", Required: true, Data: letters},
		{Name: "chars", Required: true, Data: table},
	}, nil
}

// encodeTable returns a hash table of the n-grams in which at least half of the entries are free.
func (c *Chars) encodeTable(alphabet map[rune]uint16) ([]byte, error) {
	slots := minCharEntries
	for slots < 2*len(c.NGrams) {
		slots *= 2
	}
	for ; slots <= maxEntries; slots *= 2 {
		if table, fits, err := c.fill(alphabet, slots); err != nil || fits {
			return table, err
		}
	}
	return nil, artifact.UnsupportedErrorf("%d n-grams of characters do not fit a table", len(c.NGrams))
}

// fill returns a table with that number of entries. fits is false if an n-gram would be too far from its first entry.
func (c *Chars) fill(alphabet map[rune]uint16, slots int) (table []byte, fits bool, err error) {
	table = make([]byte, slots*charSize)
	shift := uint(64 - bits.TrailingZeros(uint(slots)))
	for i, ngram := range c.NGrams {
		key, n := uint64(0), 0
		for _, r := range ngram {
			key, n = key<<bitsPerLetter|uint64(alphabet[r]), n+1
		}
		if n < 1 || n > maxCharNGram {
			return nil, false, artifact.FormatErrorf("the n-gram %.40q has %d characters", ngram, n)
		}
		at, probes := hashChars(key)>>shift, 0
		for ; probes < maxProbes; at, probes = at+1, probes+1 {
			e := table[int(at&uint64(slots-1))*charSize:]
			if old := binary.LittleEndian.Uint64(e); old == key {
				return nil, false, artifact.FormatErrorf("the n-gram %.40q is there twice", ngram)
			} else if old == 0 {
				binary.LittleEndian.PutUint64(e, key)
				binary.LittleEndian.PutUint64(e[8:], math.Float64bits(c.Weights[i]))
				break
			}
		}
		if probes == maxProbes {
			return nil, false, nil
		}
	}
	return table, true, nil
}

func hashChars(key uint64) uint64 {
	h := key * hashMultiplier
	return (h ^ h>>32) * hashMultiplier
}

// openChars returns the block, or nil if the artifact has none.
func openChars(get func(name string) []byte) (*charTables, error) {
	head := get("char.set")
	if head == nil {
		return nil, nil
	}
	if len(head) != charsHeadSize || !artifact.IsZero(head[8:]) {
		return nil, artifact.FormatErrorf("section char.set has %d bytes, or reserved ones that are not zero", len(head))
	}
	low, high := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])
	if low < 1 || low > 3 || high < low || high > maxCharNGram {
		return nil, artifact.UnsupportedErrorf("n-grams of %d to %d characters", low, high)
	}
	t := &charTables{min: int(low), max: int(high), letters: get("letters"), table: get("chars")}
	entries := len(t.table) / charSize
	if len(t.table)%charSize != 0 || bits.OnesCount(uint(entries)) != 1 || entries < minCharEntries {
		return nil, artifact.FormatErrorf("the section chars has %d bytes", len(t.table))
	}
	if len(t.letters)%letterSize != 0 || len(t.letters)/letterSize > maxLetters {
		return nil, artifact.FormatErrorf("the section letters has %d bytes", len(t.letters))
	}
	t.shift = uint(64 - bits.TrailingZeros(uint(entries)))
	for r := range t.ascii {
		t.ascii[r] = t.search(rune(r))
	}
	return t, t.checkWeights()
}

func (t *charTables) checkWeights() error {
	for e := t.table; len(e) >= charSize; e = e[charSize:] {
		if w := math.Float64frombits(binary.LittleEndian.Uint64(e[8:])); !(math.Abs(w) <= artifact.MaxWeight) {
			return artifact.FormatErrorf("the weight of an n-gram of characters is not a finite number")
		}
	}
	return nil
}

// letter returns the number of a letter, or unknownLetter.
func (t *charTables) letter(r rune) uint16 {
	if r < asciiAlphabet {
		return t.ascii[r]
	}
	return t.search(r)
}

func (t *charTables) search(r rune) uint16 {
	low, high := 0, len(t.letters)/letterSize
	for low < high {
		middle := (low + high) / 2
		switch at := rune(binary.LittleEndian.Uint32(t.letters[middle*letterSize:])); {
		case at == r:
			return uint16(middle + 1)
		case at < r:
			low = middle + 1
		default:
			high = middle
		}
	}
	return unknownLetter
}

// weight returns the weight of an n-gram, or 0 if it is not in the vocabulary.
func (t *charTables) weight(key uint64) float64 {
	mask := uint64(len(t.table)/charSize - 1)
	for at, probes := hashChars(key)>>t.shift, 0; probes < maxProbes; at, probes = at+1, probes+1 {
		e := t.table[(at&mask)*charSize:][:charSize]
		switch binary.LittleEndian.Uint64(e) {
		case key:
			return math.Float64frombits(binary.LittleEndian.Uint64(e[8:]))
		case 0:
			return 0
		}
	}
	return 0
}

// decision returns the block's part of the decision function for a cleaned text.
func (t *charTables) decision(text string) float64 {
	sum, words := 0.0, 0
	blank := t.letter(' ')
	var window uint64 // the last four letters
	size := 0         // letters of the padded word so far
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		i += n
		if !python.IsSpace(r) {
			if size == 0 {
				words++
				window, size = uint64(blank), 1
				sum += t.ending(window, size)
			}
			window, size = window<<bitsPerLetter|uint64(t.letter(r)), size+1
			sum += t.ending(window, size)
		}
		if size > 0 && (i == len(text) || python.IsSpace(r)) {
			sum += t.ending(window<<bitsPerLetter|uint64(blank), size+1)
			size = 0
		}
	}
	if words == 0 {
		return 0
	}
	return sum / math.Sqrt(float64(words))
}

// ending returns the sum of the weights of the n-grams that end at the last letter of the window.
func (t *charTables) ending(window uint64, size int) (sum float64) {
	for n := t.min; n <= t.max && n <= size; n++ {
		sum += t.weight(window & (^uint64(0) >> (64 - bitsPerLetter*n)))
	}
	return sum
}

// CharNGrams returns the n-grams of lo to hi characters within the words of text, as scikit-learn's analyzer char_wb
// does. A word that is shorter than an n-gram, including its blanks, is a single n-gram. [CharWords] returns the number
// of words.
func CharNGrams(text string, lo, hi int) iter.Seq[string] {
	return func(yield func(string) bool) {
		var starts []int // start of each character of the padded word, and its end
		for word := range fields(text) {
			padded := " " + word + " "
			starts = starts[:0]
			for i := range padded {
				starts = append(starts, i)
			}
			starts = append(starts, len(padded))
			length := len(starts) - 1
			for n := lo; n <= hi; n++ {
				for from := 0; from == 0 || from+n <= length; from++ {
					if !yield(padded[starts[from]:starts[min(from+n, length)]]) {
						return
					}
				}
				if n >= length {
					break
				}
			}
		}
	}
}

// CharWords returns the number of words in text, which are separated by white space.
func CharWords(text string) (n int) {
	for range fields(text) {
		n++
	}
	return n
}

// fields returns the words of text, like Python's str.split.
func fields(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start := -1
		for i, r := range text {
			if !python.IsSpace(r) {
				if start < 0 {
					start = i
				}
			} else if start >= 0 {
				if !yield(text[start:i]) {
					return
				}
				start = -1
			}
		}
		if start >= 0 {
			yield(text[start:])
		}
	}
}
