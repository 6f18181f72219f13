# A stream acknowledges what is no longer its own.
s/if (!context_\.services\.messages\.holds_claim(.*)) {/if (false) {/
