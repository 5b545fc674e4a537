using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Users;

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.Property(k => k.Name).HasMaxLength(MaxLengths.Name);
        builder.Property(k => k.ConsumerKey).HasMaxLength(MaxLengths.Name);
        builder.Property(k => k.TokenKey).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(k => k.TokenKey).IsUnique();
    }
}
