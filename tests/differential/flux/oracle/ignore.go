package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
)

// The files that are left of `files`, by the rules of spec.ignore and .sourceignore files: as the storage of artifacts
// and the reconciler of Git repositories (source-controller 1.9) ask the library.
func ignored(r request) (string, error) {
	root, err := unpack(r.Files)
	defer os.RemoveAll(root)
	if err != nil {
		return "", err
	}
	domain := strings.Split(root, string(filepath.Separator))
	patterns, err := sourceignore.LoadIgnorePatterns(root, domain)
	if err != nil {
		return "", err
	}
	if r.Ignore != "" {
		patterns = append(patterns, sourceignore.ReadPatterns(strings.NewReader(r.Ignore), domain)...)
	}
	matcher := sourceignore.NewDefaultMatcher(nil, domain)
	if len(patterns) > 0 {
		matcher = sourceignore.NewMatcher(append(sourceignore.VCSPatterns(domain), patterns...))
	}
	var left []string
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !matcher.Match(strings.Split(path, string(filepath.Separator)), entry.IsDir()) {
			left = append(left, strings.TrimPrefix(path, root+"/"))
		}
		return nil
	})
	return strings.Join(left, "\n"), err
}
