package main

import "github.com/spf13/cobra"

func newTokenize() *cobra.Command { return &cobra.Command{Use: "tokenize"} }
func newImport() *cobra.Command   { return &cobra.Command{Use: "import"} }
func newInspect() *cobra.Command  { return &cobra.Command{Use: "inspect"} }
func newReplay() *cobra.Command   { return &cobra.Command{Use: "replay"} }
