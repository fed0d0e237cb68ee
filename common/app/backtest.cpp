#include "common/app/backtest.hpp"

#include <iostream>

#include "common/app/exit_codes.hpp"
#include "common/app/reload.hpp"

namespace app {

namespace {

base::Result<void> rehearse(Material& material, Loaded& loaded, Rehearsal::Ears ears) {
  auto rehearsal = Rehearsal::begin(*loaded.logic, loaded.settings, std::move(ears));
  if (!rehearsal) return rehearsal.error();
  return material.play(*rehearsal.value(), *loaded.logic, loaded.bot);
}

std::string words_of(const desk::TradeBook& book, const std::string& config, bool bars) {
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
  if (scores.empty())
    out += bars ? "no trade: no signal had a direction, a price and an ATR\n"
                : "no trade: the files hold no candles, and a trade is led by them\n";
  for (const auto& [reason, count] : book.left_out())
    out += std::to_string(count) + (count == 1 ? " signal" : " signals") + " without a trade: " + reason + "\n";
  return out + "One look at past data under one configuration; who tries many finds one that looks good.\n";
}

}  // namespace

base::Result<std::string> backtest(Material& material, const CommandLine& line, const LoadAs& load) {
  auto loaded = load(line);
  desk::TradeBook book(loaded.settings.trade, loaded.settings.gates);
  Rehearsal::Ears ears;
  bool bars = false;
  ears.on_event = [&](const market::Event& event) {
    bars = bars || std::holds_alternative<market::Candle>(event);
    book.on_event(event);
  };
  ears.on_finding = [&book](const desk::Finding& finding) {
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
  return words_of(book, config_hash(loaded.effective, loaded.bot), bars);
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
