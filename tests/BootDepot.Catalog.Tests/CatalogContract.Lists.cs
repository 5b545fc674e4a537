using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using BootDepot.Catalog.Resources;
using BootDepot.Testing;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Tests;

/// <summary>What lists show, in which order, and with how many queries.</summary>
public abstract partial class CatalogContract
{
    [Fact]
    public async Task Resources_are_listed_by_kind_name_and_architecture()
    {
        await AddAsync(
            Samples.Resource("custom", ResourceKind.Uploaded),
            Samples.Resource("ubuntu/noble", architecture: "arm64/generic"),
            Samples.Resource("ubuntu/noble", architecture: "amd64/ga-24.04"),
            Samples.Resource("Ubuntu/x"),
            Samples.Resource("centos/9", ResourceKind.Uploaded));

        async Task<IEnumerable<string>> ListAsync(ResourceKind? kind) =>
            (await ReadAsync(c => ResourceList.ListAsync(c, kind, Token))).Select(r => $"{r.Kind} {r.Name} {r.Architecture}");

        string[] synced = ["Synced Ubuntu/x amd64/generic", "Synced ubuntu/noble amd64/ga-24.04", "Synced ubuntu/noble arm64/generic"];
        string[] uploaded = ["Uploaded centos/9 amd64/generic", "Uploaded custom amd64/generic"];
        (await ListAsync(null)).ShouldBe([.. synced, .. uploaded]);
        (await ListAsync(ResourceKind.Synced)).ShouldBe(synced);
        (await ListAsync(ResourceKind.Uploaded)).ShouldBe(uploaded);
    }

    [Fact]
    public async Task One_resource_is_read_with_its_versions_newest_first_and_their_files_by_name()
    {
        var resource = Samples.Resource().With(
            Samples.Set("1").With(Samples.File("b"), Samples.File("a")),
            Samples.Set("2"),
            Samples.Set("10").With(Samples.File("c")));
        await AddAsync(resource, Samples.Resource("ubuntu/jammy").With(Samples.Set("3").With(Samples.File())));

        var read = (await ReadAsync(c => ResourceList.ReadOrNullAsync(c, resource.Id, Token)))!;

        read.Sets.Select(s => s.Version + ": " + string.Join(' ', s.Files.Select(f => f.Filename))).ShouldBe(["2: ", "10: c", "1: a b"]);
        (await ReadAsync(c => ResourceList.ReadOrNullAsync(c, resource.Id + 100, Token))).ShouldBeNull();
    }

    [Fact]
    public async Task Only_complete_sets_are_published_each_with_its_resource_and_all_its_files()
    {
        await AddAsync(
            Samples.Resource().With(
                Samples.Set("1", complete: true).With(Samples.File("b"), Samples.File("a")),
                Samples.Set("2").With(Samples.File("half"))),
            Samples.Resource("ubuntu/empty").With(Samples.Set("3", complete: true)),
            Samples.Resource("ubuntu/last").With(Samples.Set("4", complete: true).With(Samples.File("c")), Samples.Set("5", complete: true)));

        var read = await PublishedAsync();

        read.Select(s => $"{s.Resource!.Name} {s.Version}: {string.Join(' ', s.Files.Select(f => f.Filename))}")
            .ShouldBe(["ubuntu/noble 1: a b", "ubuntu/empty 3: ", "ubuntu/last 4: c", "ubuntu/last 5: "]);
    }

    [Fact]
    public async Task Lists_take_the_same_number_of_queries_however_long_they_are()
    {
        using var counter = await CommandCounter.StartAsync(Fixture.Options);
        var counts = new List<(int List, int One, int Published)>();
        foreach (var resources in new[] { 1, 50 })
        {
            await LargeCatalog.FillAsync(Fixture.Options, resources, filesPerSet: 3, Token);
            counter.Reset();
            var list = await ReadAsync(c => ResourceList.ListAsync(c, kind: null, Token));
            var forList = counter.Commands.Count;
            counter.Reset();
            (await ReadAsync(c => ResourceList.ReadOrNullAsync(c, list[^1].Id, Token)))!.Sets.Single().Files.Count.ShouldBe(3);
            var forOne = counter.Commands.Count;
            counter.Reset();
            (await PublishedAsync()).Count.ShouldBe(list.Count);
            counts.Add((forList, forOne, counter.Commands.Count));
        }

        counts.ShouldBe([(1, 1, 2), (1, 1, 2)]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_catalogue_of_200_000_files_is_listed_whole_and_uses_its_indexes()
    {
        await LargeCatalog.FillAsync(Fixture.Options, resources: 10_000, filesPerSet: 20, Token);

        (await ReadAsync(c => ResourceList.ListAsync(c, kind: null, Token))).Count.ShouldBe(10_000);
        (await PublishedAsync()).Sum(s => s.Files.Count).ShouldBe(200_000);
        var digest = Samples.Hex('0')[..60] + "03e8";
        (await ReadAsync(c => c.Files.CountAsync(f => f.Sha256 == digest, Token))).ShouldBe(1);
        await ShouldUseAnIndexAsync(c => c.Files.Where(f => f.Sha256 == digest));
        await ShouldUseAnIndexAsync(c => c.Offers.Where(o => o.Os == "ubuntu" && o.Release == "noble"));
        await ShouldUseAnIndexAsync(c => c.Events.Where(e => e.Subject == "x").OrderByDescending(e => e.Id));
        await ShouldUseAnIndexAsync(c => c.Resources.Where(r => r.Kind == ResourceKind.Synced).OrderBy(r => r.Name).ThenBy(r => r.Architecture));
        await ShouldUseAnIndexAsync(c => c.ApiKeys.Where(k => k.TokenKey == "x"));
    }

    /// <summary>Fails unless the database answers by an index, without reading or sorting the whole table.</summary>
    protected abstract Task ShouldUseAnIndexAsync(Func<CatalogContext, IQueryable<object>> query);

    private Task<List<ResourceSet>> PublishedAsync() =>
        Catalog.SnapshotAsync(
            async (context, token) =>
            {
                var sets = new List<ResourceSet>();
                await foreach (var set in PublishedSets.ReadAsync(context, token))
                    sets.Add(set);
                return sets;
            },
            Token);
}
