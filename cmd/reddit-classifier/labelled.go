package main

import (
	"github.com/spf13/cobra"

	"reddit-classifier/model"
	"reddit-classifier/model/train/dataset"
)

// labelledFlags adds the flags that say how a file of labelled comments is read.
func labelledFlags(c *cobra.Command) {
	columnFlags(c)
	c.Flags().String("label-column", "",
		"`NAME` of the column or JSON field with the label. (default: removed or label)")
}

// readLabelled reads labelled comments, as the flags of labelledFlags say. The labels are 0 and 1, or classes of the
// model if that is given and does not clean its texts; a model that does was trained on comments such as these.
func readLabelled(c *cobra.Command, m *model.Model, paths []string) (*dataset.Dataset, error) {
	encoding, err := encodingOf(c)
	if err != nil {
		return nil, err
	}
	o := dataset.Options{
		TextColumn: flagValue(c, "text-column"), IDColumn: flagValue(c, "id-column"),
		LabelColumn: flagValue(c, "label-column"),
		Encoding:    encoding,
	}
	if m != nil && m.Manifest().Cleaner == "" {
		o.Classes = &dataset.Classes{Names: m.Classes(), Multilabel: m.IsMultilabel()}
	}
	return dataset.Read(c.InOrStdin(), o, paths...)
}
