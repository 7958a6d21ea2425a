// Verify a log in the C2SP tlog-tiles form with golang.org/x/mod/sumdb: its signature, every entry, the inclusion of
// every entry, and its consistency with an older checkpoint. A peer of the tests: none of it is ours but this glue.
//
// Usage: verifylog DIRECTORY KEY-LINE [OLDER-CHECKPOINT]. Exit code 0: whole; 1: not.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// logFiles reads the tiles of a published log.
type logFiles struct{ root string }

func (l logFiles) Height() int { return height }

func (l logFiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (l logFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(tiles))
	for i, tile := range tiles {
		content, err := os.ReadFile(filepath.Join(l.root, "tile", strconv.Itoa(tile.L), path(tile.N, tile.W)))
		if err != nil {
			return nil, err
		}
		found[i] = content
	}
	return found, nil
}

// path is the end of a tile's path: the index in groups of three digits, and the width of a partial tile.
func path(index int64, held int) string {
	found := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		found = fmt.Sprintf("x%03d/%s", index%1000, found)
	}
	if held < width {
		found += fmt.Sprintf(".p/%d", held)
	}
	return found
}

// entries reads one bundle: each entry after its length in two bytes.
func entries(root string, index int64, held int) ([][]byte, error) {
	content, err := os.ReadFile(filepath.Join(root, "tile", "entries", path(index, held)))
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for len(content) > 0 {
		if len(content) < 2 || len(content) < 2+int(binary.BigEndian.Uint16(content)) {
			return nil, fmt.Errorf("bundle %d is cut off", index)
		}
		end := 2 + int(binary.BigEndian.Uint16(content))
		found = append(found, content[2:end])
		content = content[end:]
	}
	if len(found) != held {
		return nil, fmt.Errorf("bundle %d holds %d entries, not %d", index, len(found), held)
	}
	return found, nil
}

// checkpoint opens a signed note and reads the size and root of its tree.
func checkpoint(content []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(content, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// everyEntry checks that each entry's hash stands in the tree, and proves its inclusion.
func everyEntry(root string, tree tlog.Tree, hashes tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += width {
		held := width
		if tree.N-first < width {
			held = int(tree.N - first)
		}
		found, err := entries(root, first/width, held)
		if err != nil {
			return err
		}
		for i, entry := range found {
			proof, err := tlog.ProveRecord(tree.N, first+int64(i), hashes)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, first+int64(i), tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %v", first+int64(i), err)
			}
		}
	}
	return nil
}

// sameBeginning checks that the log continues an older checkpoint.
func sameBeginning(older, tree tlog.Tree, hashes tlog.HashReader) error {
	if older.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, older.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash)
}

func verified(root, key string, older string) (string, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return "", err
	}
	content, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return "", err
	}
	tree, err := checkpoint(content, verifier)
	if err != nil {
		return "", err
	}
	hashes := tlog.TileHashReader(tree, logFiles{root})
	if err := everyEntry(root, tree, hashes); err != nil {
		return "", err
	}
	said := fmt.Sprintf("%d entries, each in the tree", tree.N)
	if older != "" {
		content, err := os.ReadFile(older)
		if err != nil {
			return "", err
		}
		before, err := checkpoint(content, verifier)
		if err != nil {
			return "", err
		}
		if err := sameBeginning(before, tree, hashes); err != nil {
			return "", fmt.Errorf("older checkpoint: %v", err)
		}
		said += fmt.Sprintf(", continuing %d", before.N)
	}
	return said, nil
}

func main() {
	older := ""
	if len(os.Args) > 3 {
		older = os.Args[3]
	}
	said, err := verified(os.Args[1], os.Args[2], older)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(said)
}
