// Times sigs.k8s.io/yaml.Unmarshal on the manifests that collect.py wrote, and prints MB/s: the best of the rounds
// that fit into a few seconds, by the clock or by CPU time (its garbage collector's included), whichever is better:
// on a busy machine the clock would be unfair.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sigs.k8s.io/yaml"
)

// What the process has used of its cores.
func cpu() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var texts [][]byte
	bytes := 0
	for reader := bufio.NewReader(file); ; {
		line, err := reader.ReadString('\n')
		if err != nil {
			break
		}
		length, _ := strconv.Atoi(strings.TrimSpace(line))
		text := make([]byte, length)
		if _, err := io.ReadFull(reader, text); err != nil {
			break
		}
		var value any
		if yaml.UnmarshalStrict(text, &value) == nil {
			texts = append(texts, text)
			bytes += length
		}
	}
	best := time.Hour
	for start := time.Now(); time.Since(start) < 5*time.Second; {
		round, used := time.Now(), cpu()
		for _, text := range texts {
			var value any
			if err := yaml.Unmarshal(text, &value); err != nil {
				panic(err)
			}
		}
		best = min(best, time.Since(round), cpu()-used)
	}
	fmt.Printf("%d manifests, %.2f MB/s\n", len(texts), float64(bytes)/best.Seconds()/1e6)
}
