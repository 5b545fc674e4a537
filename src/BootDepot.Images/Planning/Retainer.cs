using System;
using System.Linq;
using BootDepot.Images.Retention;
using BootDepot.Images.Selections;

namespace BootDepot.Images.Planning;

/// <summary>Decides how many former versions of an image stay: the most generous of the selections that take it counts.</summary>
/// <param name="policy">For what no selection says itself.</param>
/// <param name="now">The present time.</param>
internal sealed class Retainer(RetentionPolicy policy, DateTimeOffset now)
{
    /// <summary>Begins with an image; its versions are then asked about from the newest to the oldest.</summary>
    public Count Begin(Candidate winner)
    {
        var image = winner.Image;
        var own = winner.Source.Selections
            .Where(s => SelectionMatching.StillAsksFor([s], image.Key, image.Subarch, image.Subarches, image.Label))
            .Select(s => s.Retention ?? policy)
            .ToList();
        return new Count(own.Count == 0 ? policy : own.Aggregate((a, b) => a.Or(b)), now);
    }

    /// <summary>What is kept of one image so far.</summary>
    public sealed class Count(RetentionPolicy policy, DateTimeOffset now)
    {
        private int _room = policy.Versions - 1;
        private HeldSet? _successor;

        /// <summary>Whether a former complete version stays.</summary>
        public bool Keeps(HeldSet set) =>
            _room-- > 0
            || (policy.Days > 0 && _successor is { } successor && set.IsComplete
                && (successor.CompletedAt ?? DateTimeOffset.MinValue).AddDays(policy.Days) > now);

        /// <summary>Goes on behind a version.</summary>
        public void Passed(HeldSet set)
        {
            if (set is { IsComplete: true, IsWithheld: false })
                _successor = set;
        }
    }
}
