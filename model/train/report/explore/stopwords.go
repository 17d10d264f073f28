package explore

import "strings"

// stopWords are English function words: articles, pronouns, prepositions, conjunctions, auxiliaries, and the parts that
// the tokenizer makes of contractions.
var stopWords = func() map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(`
a an the this that these those
i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours
ourselves
they them their theirs themselves who whom whose which what one someone anyone everyone something anything everything
nothing
be am is are was were been being have has had having do does did doing can could may might must shall should will would
and or but nor so yet if then else than because while although though unless until since whether as
at by for from in into of off on onto out over to under up upon with within without about above across after against
along
among around before behind below beneath beside between beyond down during through toward towards via
not no only just also too very more most much many few less least some any all both each every either neither other
another
such same own here there when where why how again once now ever never always often still already even
n't 's 're 've 'll 'd 'm ca wo
`) {
		set[word] = true
	}
	return set
}()
