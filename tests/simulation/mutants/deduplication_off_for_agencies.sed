# What an agency sends again is taken for new.
s/if (const auto known = .*find(filing_\.message\.key)) {/if (const auto known = std::optional<KnownMessage>()) {/
s/if (tables_\.keys\.contains(message\.key))$/if (false)/
