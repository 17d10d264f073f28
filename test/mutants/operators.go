package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// A mutant is one change of a package.
type mutant struct {
	Number   int
	Package  string
	File     string
	Line     int
	Operator string // the kind of change
	Change   string // what was changed, for a reader

	source *source
	file   int // its index in GoFiles
	edits  []edit
}

func (m *mutant) String() string {
	return fmt.Sprintf("%s/%s:%d: %s: %s", m.Package, m.File, m.Line, m.Operator, m.Change)
}

// span returns the bytes from the first edit to the last.
func (m *mutant) span() (start, end int) { return m.edits[0].start, m.edits[len(m.edits)-1].end }

// A finder collects the mutants of a file.
type finder struct {
	source  *source
	file    int
	mutants []*mutant
}

// find returns every mutant of the file, whether it compiles or not.
func find(p *source, file int) []*mutant {
	f := &finder{source: p, file: file}
	for _, d := range p.syntax[file].Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
			f.body(d)
		}
		ast.Inspect(d, f.node)
	}
	return f.mutants
}

func (f *finder) offset(p token.Pos) int { return f.source.fset.Position(p).Offset }

func (f *finder) code(n ast.Node) string {
	return string(f.source.text[f.file][f.offset(n.Pos()):f.offset(n.End())])
}

// short returns the code of n on one line, cut where it is long.
func (f *finder) short(n ast.Node) string {
	s := strings.Join(strings.Fields(f.code(n)), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

func (f *finder) add(n ast.Node, operator, change string, edits ...edit) {
	f.mutants = append(f.mutants, &mutant{
		Package: f.source.ImportPath, File: f.source.GoFiles[f.file], Line: f.source.fset.Position(n.Pos()).Line,
		Operator: operator, Change: change, source: f.source, file: f.file, edits: edits,
	})
}

// around puts text before and after n.
func (f *finder) around(n ast.Node, before, after string) []edit {
	start, end := f.offset(n.Pos()), f.offset(n.End())
	return []edit{{start, start, before}, {end, end, after}}
}

func (f *finder) insert(p token.Pos, text string) edit { return edit{f.offset(p), f.offset(p), text} }

// node adds the mutants of n itself, and reports whether to look inside it.
func (f *finder) node(n ast.Node) bool {
	if e, ok := n.(ast.Expr); ok && f.constant(e) {
		return false
	}
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case *ast.ArrayType, *ast.StructType, *ast.InterfaceType:
		return false
	case *ast.CallExpr:
		return !f.message(n)
	case *ast.FuncDecl:
		return n.Name.Name != "String" && n.Name.Name != "Error"
	case *ast.IfStmt:
		f.negate(n.Cond)
		if block, ok := n.Else.(*ast.BlockStmt); ok {
			f.add(block, "else", "else { … } dropped", f.insert(block.Pos(), "if !"+on+" "))
		}
	case *ast.ForStmt:
		f.negate(n.Cond)
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt, *ast.IncDecStmt, *ast.SendStmt:
		f.drop(n)
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			f.drop(n)
		}
	case *ast.CaseClause:
		if len(n.Body) > 0 {
			f.add(n, "case", f.short(n)+" does nothing", f.insert(n.Colon+1, " if "+on+" { break }; "))
		}
	case *ast.BranchStmt:
		f.branch(n)
	case *ast.ReturnStmt:
		f.failure(n)
	}
	return true
}

// body returns zero values at once.
func (f *finder) body(d *ast.FuncDecl) {
	var zero []string
	if d.Type.Results != nil {
		for _, r := range d.Type.Results.List {
			if len(r.Names) > 0 {
				zero = nil
				break
			}
			zero = append(zero, "*new("+f.code(r.Type)+")")
		}
	}
	if statement := "return " + strings.Join(zero, ", "); !strings.Contains(statement, "\n") {
		f.add(d, "body", d.Name.Name+" returns at once", f.insert(d.Body.Lbrace+1, " if "+on+" { "+statement+" }; "))
	}
}

// negate changes a condition that is no comparison: those have mutants of their own.
func (f *finder) negate(condition ast.Expr) {
	if b, ok := condition.(*ast.BinaryExpr); condition == nil || ok && (b.Op == token.EQL || b.Op == token.NEQ) {
		return
	}
	f.add(condition, "negate", "!("+f.short(condition)+")", f.around(condition, "(", ") != "+on)...)
}

var binaries = map[token.Token]struct {
	call string
	with token.Token
	kind string
}{
	token.LSS:  {"mutantLess", token.LEQ, "compare"},
	token.LEQ:  {"mutantLessEqual", token.LSS, "compare"},
	token.GTR:  {"mutantGreater", token.GEQ, "compare"},
	token.GEQ:  {"mutantGreaterEqual", token.GTR, "compare"},
	token.ADD:  {"mutantSum", token.SUB, "arithmetic"},
	token.SUB:  {"mutantDifference", token.ADD, "arithmetic"},
	token.LAND: {"mutantAnd", token.LOR, "logic"},
	token.LOR:  {"mutantOr", token.LAND, "logic"},
}

func (f *finder) binary(n *ast.BinaryExpr) {
	operator := edit{f.offset(n.OpPos), f.offset(n.OpPos) + len(n.Op.String()), ","}
	switch n.Op {
	case token.EQL, token.NEQ:
		with := map[token.Token]string{token.EQL: "!=", token.NEQ: "=="}[n.Op]
		f.add(n, "equal", f.short(n.X)+" "+with+" "+f.short(n.Y), f.around(n, "((", ") != "+on+")")...)
	case token.LAND, token.LOR, token.LSS, token.LEQ, token.GTR, token.GEQ, token.ADD, token.SUB:
		b := binaries[n.Op]
		after := ")"
		if b.kind == "logic" {
			operator.text, after = ", func() bool { return", " })"
		}
		f.add(n, b.kind, f.short(n.X)+" "+b.with.String()+" "+f.short(n.Y),
			f.insert(n.Pos(), b.call+"("+on+", "), operator, f.insert(n.End(), after))
	}
}

// constant adds the mutants of a constant expression; it reports whether e is one.
func (f *finder) constant(e ast.Expr) bool {
	value := f.source.info.Types[e]
	if value.Value == nil {
		return false
	}
	name := types.TypeString(value.Type, func(p *types.Package) string {
		if p.Path() == f.source.ImportPath {
			return ""
		}
		return p.Name()
	})
	switch value.Value.Kind() {
	case constant.Bool:
		f.add(e, "boolean", "!"+f.short(e), f.around(e, "((", ") != "+on+")")...)
	case constant.String:
		text := constant.StringVal(value.Value)
		if text != "" && !strings.Contains(text, " ") { // text with spaces is a message
			f.add(e, "string", f.short(e)+" is empty", f.around(e, "mutantString["+name+"]("+on+", ", ")")...)
		}
	case constant.Int, constant.Float:
		basic, ok := value.Type.Underlying().(*types.Basic)
		if !ok || basic.Info()&types.IsNumeric == 0 {
			return true // a constant that becomes the value of an interface
		}
		for _, by := range []int{1, -1} {
			f.add(e, "constant", fmt.Sprintf("%s%+d", f.short(e), by),
				f.around(e, "mutantPlus["+name+"]("+on+", ", fmt.Sprintf(", %d)", by))...)
		}
	}
	return true
}

// drop leaves out a statement, unless it only tells something.
func (f *finder) drop(n ast.Node) {
	if s, ok := n.(*ast.ExprStmt); ok {
		if call, ok := s.X.(*ast.CallExpr); ok && f.message(call) {
			return
		}
	}
	f.add(n, "statement", f.short(n)+" dropped", f.around(n, "if !"+on+" { ", " }")...)
}

// branch swaps break and continue.
func (f *finder) branch(n *ast.BranchStmt) {
	other := map[token.Token]string{token.BREAK: "continue", token.CONTINUE: "break"}[n.Tok]
	if other == "" {
		return
	}
	if n.Label != nil {
		other += " " + n.Label.Name
	}
	f.add(n, "branch", other, f.insert(n.Pos(), "if "+on+" { "+other+" }; "))
}

// failure returns nil for an error.
func (f *finder) failure(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	if value := f.source.info.Types[last]; !value.IsNil() && value.Type != nil && value.Type.String() == "error" {
		f.add(n, "error", f.short(last)+" is nil", f.around(last, "mutantError("+on+", ", ")")...)
	}
}

// message reports whether a call only writes a text for a person: a log record, an error's text, a panic.
func (f *finder) message(call *ast.CallExpr) bool {
	var name *ast.Ident
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = fun.Sel
	case *ast.Ident:
		name = fun
	default:
		return false
	}
	object := f.source.info.Uses[name]
	if object == nil {
		return false
	}
	if object.Pkg() == nil {
		return object.Name() == "panic"
	}
	switch object.Pkg().Path() {
	case "log", "log/slog", "errors":
		return true
	case "fmt":
		return object.Name() == "Errorf"
	}
	return false
}
