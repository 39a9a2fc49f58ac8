// Speed and heap of the YAML reader and writer on many small manifests.
//
// The manifests come from the file named by TAUT_BENCH_YAML (made by collect.py from the corpus: for each, its
// length in decimal, a line feed, its bytes); without it they are made up.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "value/json.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace {

using taut::Document;

std::string made_up_manifest(int number) {
  return fmt::format(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: service-{0}\n  namespace: team-{1}\n  labels:\n"
      "    app.kubernetes.io/name: service-{0}\n    app.kubernetes.io/part-of: shop\nspec:\n  replicas: {1}\n  selector:\n"
      "    matchLabels:\n      app.kubernetes.io/name: service-{0}\n  template:\n    metadata:\n      labels:\n"
      "        app.kubernetes.io/name: service-{0}\n    spec:\n      # one container\n      containers:\n      - name: main\n"
      "        image: registry.example.com/shop/service-{0}:v1.{1}.0\n        args: [\"--port\", \"8080\"]\n        ports:\n"
      "        - containerPort: 8080\n          name: http\n        resources:\n          limits:\n            cpu: 500m\n"
      "            memory: 256Mi\n        env:\n        - name: LOG_LEVEL\n          value: \"info\"\n",
      number, number % 9);
}

const std::vector<std::string>& manifests() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    if (const char* path = std::getenv("TAUT_BENCH_YAML")) {
      std::ifstream file(path, std::ios::binary);
      for (size_t length = 0; file >> length;) {
        file.get();
        std::string text(length, '\0');
        file.read(text.data(), static_cast<std::streamsize>(length));
        if (taut::parse_yaml_document(text)) out.push_back(std::move(text));
      }
    }
    for (int i = 0; out.empty() || (std::getenv("TAUT_BENCH_YAML") == nullptr && i < 5000); ++i)
      out.push_back(made_up_manifest(i));
    return out;
  }();
  return all;
}

size_t total_bytes() {
  size_t sum = 0;
  for (const std::string& text : manifests()) sum += text.size();
  return sum;
}

// What malloc has given out, its own overhead included.
size_t heap_in_use() {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void read_yaml(benchmark::State& state) {
  size_t bytes = total_bytes();
  for (auto _ : state)
    for (const std::string& text : manifests()) benchmark::DoNotOptimize(taut::parse_yaml_document(text));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));

  std::vector<Document> kept;
  kept.reserve(manifests().size());
  size_t before = heap_in_use();
  for (const std::string& text : manifests()) kept.push_back(*taut::parse_yaml_document(text));
  state.counters["heap_per_byte"] = static_cast<double>(heap_in_use() - before) / static_cast<double>(bytes);
  state.counters["manifests"] = static_cast<double>(kept.size());
}
BENCHMARK(read_yaml)->Unit(benchmark::kMillisecond);

void read_json(benchmark::State& state) {
  std::vector<std::string> texts;
  size_t bytes = 0;
  for (const std::string& text : manifests()) {
    texts.push_back(taut::to_json(taut::parse_yaml_document(text)->root));
    bytes += texts.back().size();
  }
  for (auto _ : state)
    for (const std::string& text : texts) benchmark::DoNotOptimize(taut::parse_json(text));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}
BENCHMARK(read_json)->Unit(benchmark::kMillisecond);

void write_yaml(benchmark::State& state) {
  std::vector<taut::Value> values;
  for (const std::string& text : manifests()) values.push_back(taut::parse_yaml_document(text)->root);
  size_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    for (const taut::Value& value : values) bytes += taut::to_yaml(value).size();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}
BENCHMARK(write_yaml)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
