#include "common/app/backtest.hpp"

#include <iostream>

#include "common/app/exit_codes.hpp"
#include "common/app/reload.hpp"

namespace app {

namespace {

/// What was played, beside the trades that it came to.
struct Seen {
  bool bars{};
  int fired{}, directed{};
};

std::string why_none(const Seen& seen) {
  if (!seen.bars) return "the files hold no candles, and a trade is led by them";
  if (seen.fired == 0) return "nothing fired";
  if (seen.directed == 0) return "nothing that fired had a direction";
  return "nothing that fired with a direction could be traded";
}

std::string words_of(const desk::TradeBook& book, const std::string& config, const Seen& seen) {
  const auto records = book.records(config);
  const auto scores = desk::score(records);
  std::string out;
  for (const auto& score : scores) out += desk::score_text(score, 1);
  if (scores.size() > 1) {
    auto all = desk::score_together(records);
    all.rule = "all rules together";
    all.config = config;
    out += desk::score_text(all, 1);
  }
  if (scores.empty()) out += "no trade: " + why_none(seen) + "\n";
  for (const auto& [reason, count] : book.left_out())
    out += std::to_string(count) + (count == 1 ? " signal" : " signals") + " without a trade: " + reason + "\n";
  return out + "One look at past data under one configuration; who tries many finds one that looks good.\n";
}

}  // namespace

base::Result<std::string> backtest(Material& material, const CommandLine& line, const LoadAs& load) {
  auto loaded = load(line);
  desk::TradeBook book(loaded.settings.trade, loaded.settings.gates);
  Rehearsal::Ears ears;
  Seen seen;
  ears.on_event = [&](const market::Event& event) {
    seen.bars = seen.bars || std::holds_alternative<market::Candle>(event);
    book.on_event(event);
  };
  ears.on_finding = [&](const desk::Finding& finding) {
    seen.fired += finding.fires ? 1 : 0;
    seen.directed += finding.fires && finding.direction != desk::Direction::none ? 1 : 0;
    book.take(finding);
    return true;
  };
  if (auto done = rehearse(material, loaded, std::move(ears)); !done) return done.error();
  desk::Placebos placebos(book.trades(), loaded.settings.trade);
  Rehearsal::Ears again;
  again.on_event = [&placebos](const market::Event& event) {
    if (const auto* bar = std::get_if<market::Candle>(&event)) placebos.on_bar(*bar);
  };
  again.on_finding = [](const desk::Finding&) { return true; };
  auto fresh = load(line);  // a detector for itself
  if (auto done = rehearse(material, fresh, std::move(again)); !done) return done.error();
  placebos.tell(book.trades());
  return words_of(book, config_hash(loaded.effective, loaded.bot), seen);
}

int run_backtest(const CommandLine& line, const LoadAs& load) {
  auto material = Material::read(line);
  const auto text = material ? backtest(material.value(), line, load) : material.error();
  if (!text) {
    std::cerr << text.error().text() << '\n';
    return exit_config;
  }
  std::cout << text.value() << std::flush;
  return std::cout ? 0 : 1;
}

}  // namespace app
