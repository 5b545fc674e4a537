using System;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Settings;
using BootDepot.Catalog.Sources;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>Uniqueness, references, lengths, order, types.</summary>
public abstract partial class CatalogContract
{
    public static TheoryData<string> UniqueThings =>
        ["source url", "source name", "selection", "document", "resource", "set", "file", "user", "token", "setting"];

    [Theory]
    [MemberData(nameof(UniqueThings))]
    public async Task A_second_one_is_refused_as_a_duplicate(string thing)
    {
        var source = Samples.Source();
        source.Selections.Add(Samples.Selection("ubuntu", "noble"));
        var resource = Samples.Resource().With(Samples.Set().With(Samples.File()));
        var user = Samples.User();
        user.ApiKeys.Add(Samples.Key());
        await AddAsync(source, resource, user, new Setting { Name = "x", Value = "1" });
        await AddAsync(Samples.Document(source.Id));

        object second = thing switch
        {
            "source url" => Samples.Source(name: "other"),
            "source name" => Samples.Source("http://other.example/", source.Name),
            "selection" => new BootSourceSelection { BootSourceId = source.Id, Os = "ubuntu", Release = "noble" },
            "document" => Samples.Document(source.Id),
            "resource" => Samples.Resource(),
            "set" => new ResourceSet { ResourceId = resource.Id, Version = "20260309", Label = "candidate" },
            "file" => new ResourceFile { SetId = resource.Sets[0].Id, Filename = "boot-kernel", FileType = "squashfs", Sha256 = Samples.Hex('b') },
            "user" => Samples.User(),
            "token" => new Users.ApiKey { UserId = user.Id, Name = "", ConsumerKey = "other", TokenKey = "token", SecretHash = [2] },
            _ => new Setting { Name = "x", Value = "2" },
        };

        var refusal = await Should.ThrowAsync<DbUpdateException>(() => AddAsync(second));
        CatalogDatabase.IsDuplicate(refusal).ShouldBeTrue(refusal.InnerException?.Message);
    }

    [Fact]
    public async Task Nearly_the_same_is_not_a_duplicate()
    {
        await AddAsync(
            Samples.Resource(),
            Samples.Resource(kind: ResourceKind.Uploaded),
            Samples.Resource(architecture: "arm64/generic"),
            Samples.Resource("ubuntu/Noble").With(Samples.Set("1"), Samples.Set("1.0")));
        (await ReadAsync(c => c.Resources.CountAsync(Token))).ShouldBe(4);
    }

    [Fact]
    public async Task A_source_goes_with_its_selections_offers_and_documents_but_what_came_from_it_stays()
    {
        var source = Samples.Source();
        source.Selections.Add(Samples.Selection("ubuntu", "noble"));
        await AddAsync(source);
        var set = Samples.Set().With(Samples.File());
        set.BootSourceId = source.Id;
        await AddAsync(Samples.Resource().With(set), Samples.Document(source.Id), Samples.Offer(source.Id));

        await Catalog.ChangeAsync((c, t) => c.BootSources.Where(s => s.Id == source.Id).ExecuteDeleteAsync(t), Token);

        (await ReadAsync(c => c.Selections.CountAsync(Token))).ShouldBe(0);
        (await ReadAsync(c => c.Offers.CountAsync(Token))).ShouldBe(0);
        (await ReadAsync(c => c.SourceDocuments.CountAsync(Token))).ShouldBe(0);
        (await ReadAsync(c => c.Sets.SingleAsync(Token))).BootSourceId.ShouldBeNull();
        (await ReadAsync(c => c.Files.CountAsync(Token))).ShouldBe(1);
    }

    [Fact]
    public async Task A_resource_goes_with_its_sets_and_files_and_a_user_with_the_keys()
    {
        var user = Samples.User();
        user.ApiKeys.Add(Samples.Key());
        await AddAsync(Samples.Resource().With(Samples.Set().With(Samples.File())), user);

        await Catalog.ChangeAsync(
            async (c, t) =>
            {
                await c.Resources.ExecuteDeleteAsync(t);
                await c.Users.ExecuteDeleteAsync(t);
            },
            Token);

        (await ReadAsync(c => c.Files.CountAsync(Token))).ShouldBe(0);
        (await ReadAsync(c => c.Sets.CountAsync(Token))).ShouldBe(0);
        (await ReadAsync(c => c.ApiKeys.CountAsync(Token))).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_refers_to_nothing_is_refused_and_is_no_duplicate()
    {
        var refusal = await Should.ThrowAsync<DbUpdateException>(() => AddAsync(Samples.Document(sourceId: 99)));
        CatalogDatabase.IsDuplicate(refusal).ShouldBeFalse();
    }

    [Theory]
    [InlineData(511, true)]
    [InlineData(512, false)]
    public async Task Lengths_are_checked_in_code_points(int length, bool fits)
    {
        // Each of these takes two UTF-16 code units and four bytes.
        var resource = Samples.Resource(string.Concat(Enumerable.Repeat("𝔘", length)));
        if (fits)
            await AddAsync(resource);
        else
            await Should.ThrowAsync<DbUpdateException>(() => AddAsync(resource));
    }

    [Fact]
    public async Task A_negative_size_is_refused()
    {
        var file = Samples.File();
        file.Size = -1;
        await Should.ThrowAsync<DbUpdateException>(() => AddAsync(Samples.Resource().With(Samples.Set().With(file))));
    }

    [Fact]
    public async Task Versions_and_names_are_ordered_bytewise()
    {
        string[] versions = ["20260309.10", "20260309", "20260309.2", "a", "B", "é", "Z", "_"];
        await AddAsync(Samples.Resource().With([.. versions.Select(v => Samples.Set(v))]));

        var read = await ReadAsync(c => c.Sets.OrderBy(s => s.Version).Select(s => s.Version).ToListAsync(Token));

        read.ShouldBe(versions.Order(StringComparer.Ordinal));
        (await ReadAsync(c => c.Sets.CountAsync(s => string.Compare(s.Version, "20260309.2") < 0, Token))).ShouldBe(2);
    }

    [Fact]
    public async Task Moments_are_kept_to_the_microsecond_in_UTC_and_ordered_whatever_their_offset()
    {
        var early = new DateTimeOffset(2026, 1, 1, 23, 0, 0, TimeSpan.FromHours(14)).AddTicks(12_345_678);
        var late = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.FromHours(-5));
        var first = Samples.Source("http://a.example/");
        first.CheckedAt = late;
        var second = Samples.Source("http://b.example/");
        second.CheckedAt = early;
        var never = Samples.Source("http://c.example/");
        await AddAsync(first, second, never);

        var read = await ReadAsync(c => c.BootSources.Where(s => s.CheckedAt <= late).OrderBy(s => s.CheckedAt).Select(s => s.CheckedAt).ToListAsync(Token));

        read.ShouldBe([new DateTimeOffset(early.UtcTicks - 8, TimeSpan.Zero), late.ToUniversalTime()]);
        read[0]!.Value.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Lists_of_texts_and_bytes_come_back_as_they_were()
    {
        var source = Samples.Source();
        source.KeyringData = [0, 255, 128];
        source.Selections.Add(new BootSourceSelection { Os = "", Release = "", Arches = ["amd64", "*", "é\"',\n"], Labels = [] });
        await AddAsync(source);

        var read = await ReadAsync(c => c.BootSources.Include(s => s.Selections).SingleAsync(Token));

        read.KeyringData.ShouldBe(source.KeyringData);
        read.Selections.Single().Arches.ShouldBe(["amd64", "*", "é\"',\n"]);
        read.Selections.Single().Labels.ShouldBeEmpty();
        (await ReadAsync(c => c.Selections.CountAsync(s => s.Arches.Contains("amd64"), Token))).ShouldBe(1);
    }

    [Fact]
    public async Task An_id_is_never_used_again()
    {
        var first = Samples.Resource();
        await AddAsync(first);
        await Catalog.ChangeAsync((c, t) => c.Resources.ExecuteDeleteAsync(t), Token);
        var second = Samples.Resource();
        await AddAsync(second);
        second.Id.ShouldBeGreaterThan(first.Id);
    }
}
