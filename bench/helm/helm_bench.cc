// Renders charts of the corpus in process: the first render parses all templates, the next ones only run them.
//
//   helm_bench CHART...        a line for each: CPU milliseconds of loading, of the first and of a later render
//   helm_bench --again CHART   only the last of these, as a number
//   helm_bench --all FOLDER    FOLDER/*/* once each, on two threads
//   helm_bench --check FOLDER  FOLDER/*/* again and again with other values: what is known must be what is rendered anew
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <thread>

#include "helm/render.hh"
#include "tree/disk.hh"

namespace taut::helm {
namespace {

double cpu_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

RenderOptions options() {
  RenderOptions out;
  out.release.name = "rel";
  out.release.name_space = "bench";
  out.environment.now = [] { return Time(std::chrono::seconds(1'700'000'000)); };
  out.environment.random = [](std::span<uint8_t> bytes) { (void)!getrandom(bytes.data(), bytes.size(), 0); };
  return out;
}

struct Times {
  double load = 0, first = 0, again = 0;  // CPU milliseconds; the median of the later renders
  size_t bytes = 0;
};

// A value of its own in each round.
Result<Times> measure(const char* folder, int rounds) {
  Times out;
  double start = cpu_ms();
  TAUT_ASSIGN(auto tree, disk_tree(folder));
  TAUT_ASSIGN(auto chart, load_chart(*tree));
  out.load = cpu_ms() - start;
  RenderCache cache;
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    double before = cpu_ms();
    Value values = Value::map();
    values.set("benchRound", Value(i));
    TAUT_ASSIGN(auto rendering, render_release(chart, values, options(), cache));
    TAUT_ASSIGN(auto text, print_rendering(rendering, {}, Compat::kHelm42));
    out.bytes = text.size();
    times.push_back(cpu_ms() - before);
  }
  out.first = times[0];
  std::sort(times.begin() + 1, times.end());
  out.again = times[times.size() / 2];
  return out;
}

int report(const char* folder) {
  auto times = measure(folder, 12);
  if (!times) {
    fmt::print(stderr, "{}: {}\n", folder, times.error().message());
    return 1;
  }
  fmt::print("{:<50} load {:6.1f} ms  first {:6.1f} ms  again {:6.1f} ms  {:6} kB\n", folder, times->load, times->first,
             times->again, times->bytes / 1000);
  return 0;
}

int report_again(const char* folder) {
  auto times = measure(folder, 24);
  if (!times) {
    fmt::print(stderr, "{}: {}\n", folder, times.error().message());
    return 1;
  }
  fmt::print("{:.3f}\n", times->again);
  return 0;
}

// Every chart two folders down, once, on two threads. Charts that need values of their own are counted apart.
int report_all(const char* folder) {
  std::vector<std::string> charts;
  for (auto& repository : std::filesystem::directory_iterator(folder)) {
    for (auto& chart : std::filesystem::directory_iterator(repository)) charts.push_back(chart.path());
  }
  std::atomic<size_t> next = 0, rendered = 0, bytes = 0;
  auto work = [&] {
    for (size_t i = next++; i < charts.size(); i = next++) {
      auto times = measure(charts[i].c_str(), 1);
      if (!times) continue;
      ++rendered;
      bytes += times->bytes;
    }
  };
  auto start = std::chrono::steady_clock::now();
  double cpu = cpu_ms();
  std::thread other(work);
  work();
  other.join();
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  fmt::print("all {} charts on two threads: {:.2f} s, {:.2f} CPU seconds, {} rendered, {:.1f} MB of manifests\n",
             charts.size(), wall.count(), (cpu_ms() - cpu) / 1000, rendered.load(), static_cast<double>(bytes) / 1e6);
  return 0;
}

// The defaults with one of them taken away, so that each round has another value changed.
Value without_one(const Chart& chart, size_t round) {
  Value out = Value::map();
  const auto entries = chart.values.entries();
  if (!entries.empty()) out.set(entries[round % entries.size()].key(), Value());
  return out;
}

std::string shown(const ChartPtr& chart, const Value& values, RenderCache& cache) {
  RenderOptions with = options();
  with.environment.random = [](std::span<uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), 7); };
  auto rendering = render_release(chart, values, with, cache);
  return rendering ? *print_rendering(*rendering, {}, Compat::kHelm42) : rendering.error().message();
}

int check_all(const char* folder) {
  size_t equal = 0, different = 0;
  for (auto& repository : std::filesystem::directory_iterator(folder)) {
    for (auto& place : std::filesystem::directory_iterator(repository)) {
      auto tree = disk_tree(place.path());
      auto chart = tree ? load_chart(**tree) : Result<ChartPtr>(fail(Code::kNotFound, "none"));
      if (!chart) continue;
      RenderCache cache;
      for (size_t round = 0; round < 8; ++round) {
        const Value values = round < 2 ? Value::map() : without_one(**chart, round * 7);
        RenderCache fresh(0);
        const bool same = shown(*chart, values, cache) == shown(*chart, values, fresh);
        ++(same ? equal : different);
        if (!same) fmt::print("{}: round {} differs\n", place.path().string(), round);
      }
    }
  }
  fmt::print("{} renders equal, {} different\n", equal, different);
  return different != 0;
}

}  // namespace
}  // namespace taut::helm

int main(int argc, char** argv) {
  if (argc == 3 && argv[1] == std::string_view("--again")) return taut::helm::report_again(argv[2]);
  if (argc == 3 && argv[1] == std::string_view("--all")) return taut::helm::report_all(argv[2]);
  if (argc == 3 && argv[1] == std::string_view("--check")) return taut::helm::check_all(argv[2]);
  int failed = 0;
  for (int i = 1; i < argc; ++i) failed |= taut::helm::report(argv[i]);
  return failed;
}
