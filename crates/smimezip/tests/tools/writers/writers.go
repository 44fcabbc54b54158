// Go's archive/zip writes the tree in its modes. Arguments: TREE OUT.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"time"
)

type entry struct {
	name string
	// None for a folder.
	data []byte
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Walks the tree; folders end in a slash.
func read(root string) (tree []entry) {
	check(filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		check(err)
		name, err := filepath.Rel(root, path)
		check(err)
		if name == "." {
			return nil
		}
		if info.IsDir() {
			tree = append(tree, entry{name + "/", nil})
			return nil
		}
		data, err := os.ReadFile(path)
		check(err)
		tree = append(tree, entry{name, append([]byte{}, data...)})
		return nil
	}))
	sort.Slice(tree, func(a, b int) bool { return tree[a].name < tree[b].name })
	return tree
}

func main() {
	root, out := os.Args[1], os.Args[2]
	tree := read(root)
	when := time.Unix(1773489600, 0).UTC()
	for _, mode := range []string{
		"deflated", "stored", "Create", "FileInfoHeader", "CreateRaw", "CreateRaw with a descriptor", "Copy",
	} {
		file := "go-" + strings.ReplaceAll(strings.ToLower(mode), " ", "-") + ".zip"
		place, err := os.Create(filepath.Join(out, file))
		check(err)
		// Only written forward: Writer asks for nothing else.
		writer := zip.NewWriter(struct{ io.Writer }{place})
		if mode == "stored" {
			check(writer.SetComment("a comment"))
		}
		if mode == "Copy" {
			from, err := zip.OpenReader(filepath.Join(out, "go-deflated.zip"))
			check(err)
			for _, it := range from.File {
				check(writer.Copy(it))
			}
			check(from.Close())
			tree = nil
		}
		for _, it := range tree {
			header := &zip.FileHeader{Name: it.name, Modified: when, Method: zip.Deflate}
			header.SetMode(0o640)
			if it.data == nil {
				header.SetMode(os.ModeDir | 0o755)
				header.Method = zip.Store
			}
			var target io.Writer
			data := it.data
			switch mode {
			case "stored":
				header.Method = zip.Store
				target, err = writer.CreateHeader(header)
			case "Create":
				target, err = writer.Create(it.name)
			case "FileInfoHeader":
				info, inner := os.Stat(filepath.Join(root, it.name))
				check(inner)
				header, err = zip.FileInfoHeader(info)
				check(err)
				header.Name = it.name
				if it.data != nil {
					header.Method = zip.Deflate
				}
				target, err = writer.CreateHeader(header)
			case "CreateRaw", "CreateRaw with a descriptor":
				header.CRC32 = crc32.ChecksumIEEE(it.data)
				header.UncompressedSize64 = uint64(len(it.data))
				if it.data != nil {
					var packed bytes.Buffer
					deflate, inner := flate.NewWriter(&packed, 9)
					check(inner)
					_, inner = deflate.Write(it.data)
					check(inner)
					check(deflate.Close())
					data = packed.Bytes()
				}
				header.CompressedSize64 = uint64(len(data))
				if strings.HasSuffix(mode, "descriptor") && it.data != nil {
					header.Flags |= 8
				}
				target, err = writer.CreateRaw(header)
			default:
				target, err = writer.CreateHeader(header)
			}
			check(err)
			_, err = target.Write(data)
			check(err)
		}
		check(writer.Close())
		check(place.Close())

		version := strings.TrimPrefix(runtime.Version(), "go")
		fmt.Println(strings.Join([]string{file, "Go, archive/zip", version, mode, "whole"}, "\t"))
	}
}
