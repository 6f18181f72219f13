// Checks what log_vectors prints, and the golden note, against golang.org/x/mod, which shares no code with ours.
//
//	go run check.go LOG_VECTORS DATA_DIRECTORY
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	require(err == nil, "%v", err)
	return value
}

func require(condition bool, format string, args ...any) {
	if !condition {
		fmt.Fprintf(os.Stderr, "check.go: "+format+"\n", args...)
		os.Exit(1)
	}
}

func number(text string) int64 { return must(strconv.ParseInt(text, 10, 64)) }

func hash(text string) (out tlog.Hash) {
	bytes := must(hex.DecodeString(text))
	require(len(bytes) == len(out), "a hash of %d bytes", len(bytes))
	copy(out[:], bytes)
	return out
}

func hashes(texts []string) (out []tlog.Hash) {
	for _, text := range texts {
		out = append(out, hash(text))
	}
	return out
}

// The log as x/mod keeps it.
type log struct {
	stored []tlog.Hash
	leaves []tlog.Hash
	roots  map[int64]tlog.Hash
	vkey   note.Verifiers
	counts map[string]int
}

func (l *log) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, index := range indexes {
		out = append(out, l.stored[index])
	}
	return out, nil
}

func (l *log) leaf(args []string) {
	leaf := tlog.RecordHash([]byte(fmt.Sprintf("entry %d", len(l.leaves))))
	require(leaf == hash(args[0]), "leaf %d differs", len(l.leaves))
	l.stored = append(l.stored, must(tlog.StoredHashesForRecordHash(int64(len(l.leaves)), leaf, l))...)
	l.leaves = append(l.leaves, leaf)
}

func (l *log) tile(args []string) {
	tile := tlog.Tile{H: 8, L: int(number(args[0])), N: number(args[1]), W: 256}
	data := must(tlog.ReadTileData(tile, l))
	require(bytes.Equal(data, must(hex.DecodeString(args[2]))), "tile %s differs", tile.Path())
}

func (l *log) root(args []string) {
	size := number(args[0])
	l.roots[size] = must(tlog.TreeHash(size, l))
	require(l.roots[size] == hash(args[1]), "the root of size %d differs", size)
}

func (l *log) inclusion(args []string) {
	index, size, proof := number(args[0]), number(args[1]), hashes(args[2:])
	err := tlog.CheckRecord(proof, size, l.roots[size], index, l.leaves[index])
	require(err == nil, "inclusion of %d in %d: %v", index, size, err)
	require(fmt.Sprint(must(tlog.ProveRecord(size, index, l))) == fmt.Sprint(tlog.RecordProof(proof)),
		"the proof of %d in %d differs", index, size)
}

func (l *log) consistency(args []string) {
	from, to, proof := number(args[0]), number(args[1]), hashes(args[2:])
	err := tlog.CheckTree(proof, to, l.roots[to], from, l.roots[from])
	require(err == nil, "consistency from %d to %d: %v", from, to, err)
}

func (l *log) note(args []string) {
	opened := must(note.Open(must(base64.StdEncoding.DecodeString(args[0])), l.vkey))
	lines := strings.Split(opened.Text, "\n")
	require(len(lines) == 4 && lines[0] == opened.Sigs[0].Name && lines[3] == "", "not a checkpoint: %q", opened.Text)
	require(must(tlog.ParseHash(lines[2])) == l.roots[number(lines[1])], "the checkpoint of %s has another root", lines[1])
}

func (l *log) path(args []string) {
	tile := tlog.Tile{H: 8, L: int(number(args[0])), N: number(args[1]), W: int(number(args[2]))}
	// x/mod puts the tile height after "tile/"; tlog-tiles fixed it at 8 and left it out.
	require(strings.Replace(tile.Path(), "tile/8/", "tile/", 1) == args[3], "path %s differs", args[3])
}

func (l *log) check(line string) {
	fields := strings.Fields(line)
	kind, args := fields[0], fields[1:]
	l.counts[kind]++
	switch kind {
	case "leaf":
		l.leaf(args)
	case "tile":
		l.tile(args)
	case "root":
		l.root(args)
	case "inclusion":
		l.inclusion(args)
	case "consistency":
		l.consistency(args)
	case "vkey":
		l.vkey = note.VerifierList(must(note.NewVerifier(args[0])))
	case "note":
		l.note(args)
	case "path":
		l.path(args)
	default:
		require(false, "unknown line %q", line)
	}
}

// Makes the golden note again from the key of RFC 8032 section 7.1, test 1.
func checkGolden(directory string) {
	seed := must(hex.DecodeString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey := must(note.NewEd25519VerifierKey("sonla.example/tram", public))
	parts := strings.SplitN(vkey, "+", 3)
	secret := "PRIVATE+KEY+" + parts[0] + "+" + parts[1] + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))
	golden := must(os.ReadFile(filepath.Join(directory, "checkpoint-8.note")))
	text := string(golden[:bytes.Index(golden, []byte("\n\n"))+1])
	made := must(note.Sign(&note.Note{Text: text}, must(note.NewSigner(secret))))
	require(bytes.Equal(made, golden), "the golden note differs")
	require(string(must(os.ReadFile(filepath.Join(directory, "checkpoint-8.vkey")))) == vkey+"\n", "the golden key differs")
}

func main() {
	require(len(os.Args) == 3, "usage: check.go LOG_VECTORS DATA_DIRECTORY")
	l := log{roots: map[int64]tlog.Hash{}, counts: map[string]int{}}
	scanner := bufio.NewScanner(bytes.NewReader(must(exec.Command(os.Args[1]).Output())))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		l.check(scanner.Text())
	}
	require(scanner.Err() == nil, "%v", scanner.Err())
	for _, kind := range []string{"leaf", "tile", "root", "inclusion", "consistency", "vkey", "note", "path"} {
		require(l.counts[kind] > 0, "no %s was printed", kind)
	}
	checkGolden(os.Args[2])
	fmt.Println("agreed:", l.counts)
}
