// Drives several API servers in turn with the same requests, and prints what each did in a second.
//
//   sandbox_bench ROUNDS NAME=https://HOST:PORT,TOKEN...
//
// Each line of the output is "PHASE <tab> CONNECTIONS <tab> UNIT <tab> SERVER <tab> RATE", the median of ROUNDS rounds
// in which the servers take turns. After the first line, of the filling, it waits for a line of input, so that the
// memory of the servers can be looked at. SANDBOX_BENCH_ONLY, if set, is a part of the names of the phases to run.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "phases.hh"

namespace {

using namespace taut::bench;
using Drivers = std::vector<std::unique_ptr<Driver>>;

void print(const char* phase, size_t connections, const char* unit, const Driver& driver, double rate) {
  std::printf("%s\t%zu\t%s\t%s\t%.1f\n", phase, connections, unit, driver.target().name.c_str(), rate);
  std::fflush(stdout);
}

void measure(const Phase& phase, Drivers& drivers, int rounds) {
  std::vector<std::vector<double>> rates(drivers.size());
  for (int round = 0; round < rounds; ++round)
    for (size_t i = 0; i < drivers.size(); ++i) rates[i].push_back(phase.run(*drivers[i], phase.connections));
  for (size_t i = 0; i < drivers.size(); ++i) {
    std::sort(rates[i].begin(), rates[i].end());
    print(phase.name, phase.connections, phase.unit, *drivers[i], rates[i][rates[i].size() / 2]);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: sandbox_bench ROUNDS NAME=https://HOST:PORT,TOKEN...\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  Drivers drivers;
  for (int i = 2; i < count; ++i) drivers.push_back(std::make_unique<Driver>(parse_target(words[i])));
  for (auto& driver : drivers) print("fill with 10,000 ConfigMaps", 16, "1/s", *driver, fill(*driver));
  std::printf("filled\n");
  std::fflush(stdout);
  std::getchar();
  const char* only = std::getenv("SANDBOX_BENCH_ONLY");
  for (const Phase& phase : phases())
    if (only == nullptr || std::strstr(phase.name, only) != nullptr) measure(phase, drivers, std::atoi(words[1]));
}
